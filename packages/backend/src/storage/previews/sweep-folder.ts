import { randomUUID } from 'node:crypto'
import { readdir, rename, rm, stat, utimes } from 'node:fs/promises'
import { join } from 'node:path'
import type { Wanted } from './preview-store.ts'
import { nullIfMissing } from './storage-failure.ts'

/** A preview on its way out: its hash, and who is at it. */
const RETIRED = /^\.([0-9a-f]{64})\.[0-9a-f-]+\.gone$/
const PREVIEW = /^([0-9a-f]{64})\.jpg$/
const UNFINISHED = /^\.[0-9a-f-]+\.part$/
const ASKED_AT_ONCE = 500

interface Sweep {
  readonly untouchedSince: number
  readonly wanted: Wanted
}

/**
 * Removes previews in one folder that nobody wants or has touched, what killed writers left, and what killed sweeps
 * left undone. Answers how many previews went.
 *
 * A file is renamed before it is looked at for the last time: who puts the same bytes before that refreshes the age of
 * the file, wherever it is now, and who comes later finds none and writes it anew.
 */
export async function sweepFolder(folder: string, sweep: Sweep): Promise<number> {
  const names = (await readdir(folder).catch(nullIfMissing)) ?? []
  await removeUnfinished(folder, names, sweep.untouchedSince)
  const retired = names.filter((name) => RETIRED.test(name))
  for (const name of await unwantedOf(folder, names, sweep)) {
    const gone = `.${name.slice(0, 64)}.${randomUUID()}.gone`
    if (await renamed(join(folder, name), join(folder, gone))) retired.push(gone)
  }
  let removed = 0
  for (const name of retired) if (await settle(folder, name, sweep)) removed++
  return removed
}

async function removeUnfinished(folder: string, names: readonly string[], since: number): Promise<void> {
  for (const name of names.filter((one) => UNFINISHED.test(one))) {
    const file = join(folder, name)
    if (await isOlder(file, since)) await rm(file, { force: true })
  }
}

async function unwantedOf(folder: string, names: readonly string[], sweep: Sweep): Promise<string[]> {
  const old: string[] = []
  for (const name of names)
    if (PREVIEW.test(name) && (await isOlder(join(folder, name), sweep.untouchedSince))) old.push(name)
  const unwanted: string[] = []
  for (let at = 0; at < old.length; at += ASKED_AT_ONCE) {
    const some = old.slice(at, at + ASKED_AT_ONCE)
    const wanted = await sweep.wanted(some.map((name) => name.slice(0, 64)))
    unwanted.push(...some.filter((name) => !wanted.has(name.slice(0, 64))))
  }
  return unwanted
}

/** Removes a retired preview, or puts it back where it is wanted after all. Others may be at it too. */
async function settle(folder: string, name: string, { untouchedSince, wanted }: Sweep): Promise<boolean> {
  const [file, sha256 = ''] = [join(folder, name), RETIRED.exec(name)?.[1]]
  if ((await isOlder(file, untouchedSince)) && !(await wanted([sha256])).has(sha256)) {
    await rm(file, { force: true })
    return true
  }
  const time = new Date()
  await utimes(file, time, time).catch(nullIfMissing)
  await renamed(file, join(folder, `${sha256}.jpg`))
  return false
}

/** False for what is not there any more. */
async function isOlder(file: string, since: number): Promise<boolean> {
  const found = await stat(file).catch(nullIfMissing)
  return found !== null && found.mtimeMs < since
}

/** False where somebody else was faster. */
async function renamed(from: string, to: string): Promise<boolean> {
  return (await rename(from, to).then(() => true, nullIfMissing)) ?? false
}

/** The name under which a sweep has this preview at the moment, null where none has. */
export async function retiredName(folder: string, sha256: string): Promise<string | null> {
  const names = (await readdir(folder).catch(nullIfMissing)) ?? []
  return names.find((name) => RETIRED.exec(name)?.[1] === sha256) ?? null
}
