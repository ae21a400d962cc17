import { ApiError, type SourceGroup, UnreachableError } from '@imalink/client'
import type { DiskFile, DiskPath, Root } from '@imalink/client/disk'
import type { Config } from '../config.ts'
import type { Login } from '../credentials.ts'
import { asFailure } from '../failure.ts'
import { findEggLayer } from '../import/egg-layer.ts'
import type { FileEvent } from '../import/file-event.ts'
import { printable } from '../import/printable.ts'
import type { Progress } from '../import/progress.ts'
import { type ImportResult, reportJson } from '../import/report.ts'
import { type ImportPlan, runImport } from '../import/run-import.ts'
import { openJournal } from '../journal/open-journal.ts'
import { Bell } from './bell.ts'
import { FolderWatchers } from './folder-watchers.ts'
import { passText } from './pass-text.ts'
import { RootGuard } from './root-guard.ts'
import { VainFiles } from './vain-files.ts'

export interface WatchWishes {
  /** How files are looked for and photos made. */
  readonly making: Pick<
    ImportPlan,
    'photos' | 'pairs' | 'coldpreviewSize' | 'jobs' | 'giveUpAfterMs' | 'wishes'
  > & { readonly core: string | undefined }
  /** How often all files are looked at, whether or not the system tells of changes. */
  readonly everyMs: number
  readonly asJson: boolean
}

interface Order {
  readonly config: Config
  readonly login: Login
  readonly roots: readonly Root[]
  readonly wishes: WatchWishes
  readonly progress: Progress | null
  readonly signal: AbortSignal
}

/** A file that was written less long ago is perhaps still being written. */
const SETTLED_MS = 2000
const LOOK_AT_ROOTS_MS = 2000
const TRY_AGAIN_MS = 15_000
/** Looking at all files takes at most this share of the time. */
const BUSY_SHARE = 0.2

/** Watches folders for one account. */
export class Watching {
  readonly #order: Order
  readonly #bell = new Bell()
  readonly #watchers: FolderWatchers
  readonly #guard: RootGuard
  readonly #vain = new VainFiles()
  readonly #toldUnreadable = new Set<string>()
  #rootTimer: NodeJS.Timeout | null = null
  #passes = 0

  constructor(order: Order) {
    this.#order = order
    this.#guard = new RootGuard(order.roots)
    const seconds = order.wishes.everyMs / 1000
    this.#watchers = new FolderWatchers({
      onChange: () => this.#bell.ring(),
      onTooMany: () =>
        this.#say(
          `The system does not tell of changes in so many folders; they are looked for every ${seconds} s.`,
        ),
    })
  }

  /** Resolves when the signal aborts. Throws where the server does not accept the key (any more). */
  async untilStopped(): Promise<void> {
    const { signal, wishes } = this.#order
    await this.#guard.look()
    this.#rootTimer = setInterval(() => void this.#lookAtRoots(), LOOK_AT_ROOTS_MS)
    while (!signal.aborted) {
      const startedMs = performance.now()
      const nextMs = await this.#pass()
      const restMs = (performance.now() - startedMs) * (1 / BUSY_SHARE - 1)
      await this.#bell.wait(Math.max(nextMs, Math.min(restMs, wishes.everyMs)), signal)
    }
  }

  close(): void {
    if (this.#rootTimer) clearInterval(this.#rootTimer)
    this.#watchers.close()
  }

  /** Imports what is new and answers after how long to look again, in milliseconds. */
  async #pass(): Promise<number> {
    try {
      const { result, isComplete } = await this.#import()
      if (result.failure?.cause instanceof ApiError) endWhereNotLetIn(result.failure.cause)
      this.#report(result)
      if (result.failure) return TRY_AGAIN_MS
      return isComplete ? this.#order.wishes.everyMs : SETTLED_MS
    } catch (error) {
      if (this.#order.signal.aborted) return 0
      if (!(error instanceof ApiError || error instanceof UnreachableError)) throw error
      endWhereNotLetIn(error)
      this.#say(asFailure(error).message)
      return TRY_AGAIN_MS
    }
  }

  async #import(): Promise<{ result: ImportResult; isComplete: boolean }> {
    const { config, login, roots, wishes, progress, signal } = this.#order
    const { backend, address } = login
    const { core, ...making } = wishes.making
    const [paths, folders] = [roots.map(({ path }) => path), [] as DiskPath[]]
    let putOff = 0
    let isNews = false
    const asking = { ...backend, signal }
    const journal = await openJournal(config, asking, (sentence) => this.#say(sentence))
    try {
      const plan: ImportPlan = {
        ...{ ...making, roots, backend, address, journal, progress, signal },
        findEggs: () => findEggLayer(asking, { core, coreToken: config.coreToken, address }),
        title: null,
        recheck: false,
        list: 'nothing',
        listFolders: true,
        isReady: (group) => {
          const ready = isSettled(group)
          if (!ready) putOff += group.files.length
          return ready && !this.#vain.holdsAll(group.files)
        },
        onFile: (event) => this.#printFile(event),
        onRefused: (file) => this.#vain.add(file),
        onTrouble: (sentence) => this.#say(sentence),
        onFolders: (read) => {
          folders.push(...read)
          if (this.#watchers.add(read, paths)) isNews = true
        },
      }
      const result = await runImport(plan, { onlyWhatIsNew: true })
      if (result.failure === null) this.#watchers.keepOnly(folders, paths)
      // What came into a folder between its being read and being listened to has made no sound.
      return { result, isComplete: putOff === 0 && !isNews }
    } finally {
      journal.close()
    }
  }

  #report(result: ImportResult): void {
    const { created, joined, known, unchanged, duplicates, refused, refused_before } = result.totals
    const settled = created + joined + duplicates + (known - unchanged) + (refused - refused_before)
    const isFirst = this.#passes++ === 0
    const unreadableFolders = result.unreadableFolders.filter(({ path }) => !this.#toldUnreadable.has(path))
    this.#toldUnreadable.clear()
    for (const { path } of result.unreadableFolders) this.#toldUnreadable.add(path)
    if (!isFirst && settled === 0 && unreadableFolders.length === 0 && result.failure === null) return
    const { wishes } = this.#order
    this.#print(
      wishes.asJson
        ? `${JSON.stringify({ event: 'pass', ...reportJson(result) })}\n`
        : passText({ ...result, unreadableFolders }, { isFirst, at: new Date() }),
    )
  }

  #printFile(event: FileEvent): void {
    const isOld = event.status === 'refused' && event.before
    if (this.#order.wishes.asJson && !isOld) this.#print(`${JSON.stringify({ event: 'file', ...event })}\n`)
  }

  #print(text: string): void {
    const { progress } = this.#order
    if (progress) progress.sayOn(process.stdout, text)
    else process.stdout.write(text)
  }

  #say(sentence: string): void {
    const { progress } = this.#order
    if (progress) progress.say(sentence)
    else process.stderr.write(`${sentence}\n`)
  }

  async #lookAtRoots(): Promise<void> {
    const news = await this.#guard.look()
    if (news === null) return
    for (const { path, isThere } of news)
      this.#say(isThere ? `${printable(path)} is back.` : `${printable(path)} is gone; waiting for it.`)
    // What was listened to belongs to the disk that was there before.
    this.#watchers.close()
    this.#bell.ring()
  }
}

function isSettled({ files, sidecars }: SourceGroup<DiskFile>): boolean {
  const now = Date.now()
  return [...files, ...sidecars].every(({ touchedMs }) => Math.abs(now - touchedMs) > SETTLED_MS)
}

function endWhereNotLetIn(error: ApiError | UnreachableError): void {
  if (error instanceof ApiError && (error.status === 401 || error.status === 403)) throw error
}
