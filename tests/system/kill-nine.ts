import { deepStrictEqual } from 'node:assert'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { setTimeout as delay } from 'node:timers/promises'
import { call } from '@imalink/client'
import { type Photo, endpoints } from '@imalink/contract'
import { type RunningImport, runImport, startImport } from './command-line.ts'
import { type Posted, type Posting, layPosts, post } from './egg-poster.ts'
import { endState } from './end-state.ts'
import { type Account, type Installation, startInstallation } from './installation.ts'
import { putPictures } from './made-pictures.ts'
import { allPhotos, preview, sha256 } from './photos-of.ts'
import { until } from './programs.ts'
import { randomness } from './randomness.ts'
import { sideBySide } from './side-by-side.ts'

const IMPORTED = 160
const POSTED = 240
const KILLS_A_ROUND = 2
/** Some kills come when everything is done: what was acknowledged last must have been kept too. */
const BEYOND_THE_END = 1.1

/** An installation whose backend is killed, and what it must hold when it was not. */
export interface Ordeal {
  /**
   * One import by the command line and one by a client of our own, at once, the backend killed at random moments of it
   * and started again each time. Throws where anything that was acknowledged is gone, half there, or counted wrongly.
   */
  round(): Promise<void>
  end(): Promise<void>
}

interface Scene {
  readonly installation: Installation
  readonly library: string
  readonly posts: readonly Posted[]
}

/** Prepares the ordeal; `seed` decides the moments, as far as a machine that does other things as well lets it. */
export async function prepareOrdeal(seed: number): Promise<Ordeal> {
  const installation = await startInstallation()
  try {
    const library = join(installation.place, 'library')
    await putPictures(library, IMPORTED)
    const scene = { installation, library, posts: await layPosts(installation.layer, POSTED) }
    const { state, ms } = await undisturbed(scene)
    const random = randomness(seed)
    const moment = () => random() * ms * BEYOND_THE_END
    return { round: () => round(scene, state, moment), end: () => installation.end() }
  } catch (error) {
    await installation.end()
    throw error
  }
}

/** What an account holds after a quiet run, and how long that takes. */
async function undisturbed(scene: Scene): Promise<{ state: unknown; ms: number }> {
  const account = await scene.installation.newAccount()
  const work = await begin(scene, account)
  const start = performance.now()
  await Promise.all([work.running.ended, work.posting.done])
  const ms = performance.now() - start
  const photos = await allPhotos(account.server)
  if (photos.length !== IMPORTED + POSTED) throw new Error(`An undisturbed run makes ${photos.length} photos`)
  return { state: endState(photos), ms }
}

interface Work {
  readonly running: RunningImport
  readonly posting: Posting
}

/** Both clients at work: the command line takes a while to start, and the other waits for it. */
async function begin({ installation, library, posts }: Scene, account: Account): Promise<Work> {
  const running = startImport(installation, account, [library])
  const hasBegun = async () => {
    const sessions = await call(account.server, endpoints.listImportSessions, {})
    return sessions.data.length > 0
  }
  await until(hasBegun, { what: 'the command line has begun its import', everyMs: 10 })
  const session = await call(account.server, endpoints.createImportSession, { body: { title: 'Posted' } })
  return { running, posting: post(account.server, posts, session.id) }
}

async function round(scene: Scene, expected: unknown, moment: () => number): Promise<void> {
  const { backend, newAccount, reset } = scene.installation
  // Previews have the names of their bytes: what an earlier round has kept could not be missing in this one.
  await reset()
  const account = await newAccount()
  const work = await begin(scene, account)
  const acknowledged = new Set<string>()
  for (let kill = 1; kill <= KILLS_A_ROUND; kill++) {
    await delay(moment() / (2 * kill - 1))
    await backend.stop('SIGKILL')
    for (const hothash of acknowledgedIn(work)) acknowledged.add(hothash)
    await backend.start()
  }
  await checkKept(scene, account, acknowledged)
  await Promise.all([work.running.ended, work.posting.done])
  await runAgain(scene, account)
  await checkSessions(account)
  const state = endState(await allPhotos(account.server))
  deepStrictEqual(state, expected, 'the end state is that of an undisturbed run')
}

/** Hothashes that one of the two clients has seen a 2xx for. */
function acknowledgedIn({ running, posting }: Work): string[] {
  return [...running.settled().flatMap(({ hothash }) => hothash ?? []), ...posting.acknowledged]
}

/** Everything acknowledged is there, and everything that is there is whole. */
async function checkKept(scene: Scene, account: Account, acknowledged: ReadonlySet<string>): Promise<void> {
  checkDatabase(scene.installation)
  const photos = await allPhotos(account.server)
  const there = new Set(photos.map(({ hothash }) => hothash))
  const lost = [...acknowledged].filter((hothash) => !there.has(hothash))
  deepStrictEqual(lost, [], 'every acknowledged photo is there after kill -9')
  await sideBySide(photos, 8, (photo) => checkWhole(scene, account, photo))
}

async function checkWhole({ posts }: Scene, account: Account, photo: Photo): Promise<void> {
  const { hothash, files = [], tags, coldpreview_url } = photo
  const hot = await preview(account.server, hothash, 'hotpreview')
  deepStrictEqual(sha256(hot), hothash, 'a photo has its hotpreview')
  const cold = await preview(account.server, hothash, 'coldpreview')
  deepStrictEqual(coldpreview_url?.endsWith(sha256(cold).slice(0, 16)), true, 'a photo has its coldpreview')
  deepStrictEqual(files.length, 1, 'a photo has its file record')
  const posted = posts.find((one) => one.hothash === hothash)
  const names = tags.map(({ name }) => name).sort()
  deepStrictEqual(names, [...(posted?.tags ?? [])].sort(), 'a photo has its tags')
}

/** By a reader beside the backend, as a person with the sqlite3 command would look. */
function checkDatabase({ place }: Installation): void {
  const database = new DatabaseSync(join(place, 'data', 'imalink.db'), { readOnly: true })
  try {
    const complaints = database.prepare('pragma integrity_check').all()
    deepStrictEqual(
      complaints.map((row) => row['integrity_check']),
      ['ok'],
      'the database is whole',
    )
    deepStrictEqual(database.prepare('pragma foreign_key_check').all(), [], 'no row points to nothing')
  } finally {
    database.close()
  }
}

/** The import run again completes, and makes nothing that is there already. */
async function runAgain({ installation, library }: Scene, account: Account): Promise<void> {
  const { code, report } = await runImport(installation, account, [library])
  deepStrictEqual(code, 0, 'the import run again completes')
  deepStrictEqual(report.created + report.known, IMPORTED, 'the import run again has every file')
  const third = await runImport(installation, account, [library])
  deepStrictEqual(third.report.known, IMPORTED, 'after that it knows every file')
}

/** What the sessions count is what is there. */
async function checkSessions(account: Account): Promise<void> {
  const sessions = await call(account.server, endpoints.listImportSessions, { query: { limit: '100' } })
  const photos = await allPhotos(account.server)
  for (const session of sessions.data) {
    const { id, created_photos, duplicates, known_files, failed_files, processed_files } = session
    const made = photos.filter((photo) => photo.import_session_id === id).length
    deepStrictEqual(created_photos, made, `session ${id} counts the photos that it made`)
    const sum = created_photos + duplicates + known_files + failed_files
    deepStrictEqual(processed_files, sum, `session ${id} adds up`)
  }
}
