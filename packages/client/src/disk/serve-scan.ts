import { type MessagePort, parentPort } from 'node:worker_threads'
import type { SourceGroup } from '../import.ts'
import { groupByName } from '../import/group-by-name.ts'
import { joinPath, receivedPath, textOf } from './disk-path.ts'
import { addLeftOut, leaveOut } from './left-out.ts'
import { type NameWishes, nameFilter } from './name-filter.ts'
import { Lookout } from './lookout.ts'
import type { FoundFile, Place } from './read-folder.ts'
import type { Root } from './roots.ts'
import { type Memory, type Recalled, type ScanNews, noNews } from './scan-news.ts'
import { type Found, Walk, type WalkWishes } from './walk.ts'

export interface ScanOrder extends Omit<WalkWishes, 'filter'>, NameWishes {
  readonly roots: readonly Root[]
  /** Whether every remembered file is listed, and not only counted. */
  readonly listRecalled: boolean
  /** Whether the folders are listed. */
  readonly listFolders: boolean
  /** Files that were handed over and are not taken yet, shared by both threads. */
  readonly waiting: SharedArrayBuffer
  /** What the memory is opened with. */
  readonly memory: unknown
}

/** What one thread hands to the other; `groups` share their places. */
export interface Portion {
  readonly groups: readonly (SourceGroup<FoundFile> & { readonly place: Place })[]
  readonly files: number
  readonly news: ScanNews
  readonly isLast: boolean
}

type Groups = Portion['groups']

/** So many files may wait to be taken; then the scan counts what is still to come, and rests. */
const MAX_WAITING = 1000
const PORTION_FILES = 250
const TELL_EVERY_MS = 100

/**
 * Scans in this worker thread what `startScan` orders. `openMemory` opens what vouches for files with what was given for
 * it; where it throws, all files are handed on and the reason is told.
 */
export function serveScan(openMemory: ((given: unknown) => Memory | null) | null = null): void {
  const port = parentPort
  if (port === null) throw new Error('A scan is served by a worker thread')
  const lookout = new Lookout()
  port.once('message', (order: ScanOrder) =>
    new Scan({ order, port, lookout }, openMemory ?? (() => null)).run(),
  )
}

interface Served {
  readonly order: ScanOrder
  readonly port: MessagePort
  readonly lookout: Lookout
}

class Scan {
  readonly #order: ScanOrder
  readonly #port: MessagePort
  readonly #walk: Walk
  readonly #waiting: Int32Array
  #memory: Memory | null = null
  #news = noNews()
  #toldMs = 0
  #found = 0
  #ahead: { readonly walk: Walk; files: number } | 'counted' | null = null

  constructor({ order, port, lookout }: Served, openMemory: (given: unknown) => Memory | null) {
    this.#order = order
    this.#port = port
    this.#waiting = new Int32Array(order.waiting)
    const roots = order.roots.map(({ path, isFolder }) => ({ path: receivedPath(path), isFolder }))
    this.#walk = new Walk(roots, { ...order, filter: nameFilter(order) }, lookout)
    this.#askMemory(() => {
      this.#memory = openMemory(order.memory)
    })
  }

  run(): void {
    for (let step = this.#walk.next(); step; step = this.#walk.next()) {
      if ('unreadable' in step) this.#news.unreadableFolders.push(step.unreadable)
      else this.#handOn(this.#groupsToImport(step.contents))
      if (Date.now() - this.#toldMs > TELL_EVERY_MS) this.#tell([])
    }
    this.#news.total = this.#found
    this.#tell([], true)
  }

  /** The groups of a folder in which there is something that nobody remembers. */
  #groupsToImport({ place, files, sidecars, asked, leftOut, listed }: Found): Groups {
    addLeftOut(this.#news.leftOut, leftOut)
    if (this.#order.listFolders) this.#news.folders.push(place.folder)
    for (const file of listed) this.#news.leftOutFiles.push(file)
    this.#found += files.length
    this.#news.found += files.length
    const recalled = this.#recall(place, files)
    const isNew = (file: FoundFile) => !recalled.has(file)
    const isSettled = (file: FoundFile) => recalled.get(file)?.status === 'unchanged'
    // Putting together what needs not be read costs as much as looking at it.
    const groups = asked.length > 0 || files.some(isNew) ? groupByName([...files, ...sidecars]) : []
    this.#leaveOutLonely(place, asked, groups)
    const wanted = groups
      .filter((group) => group.files.some(isNew))
      // What was refused alone may be wanted by a partner that came later.
      .map((group) => ({
        ...group,
        files: group.files.filter((file) => !isSettled(file)),
        settled: group.files.filter(isSettled).map(({ filename }) => filename),
        place,
      }))
    for (const { files } of wanted) files.forEach((file) => recalled.delete(file))
    this.#noteRecalled(place, recalled)
    return wanted
  }

  #recall(place: Place, files: readonly FoundFile[]): Map<FoundFile, Recalled> {
    const recalled = new Map<FoundFile, Recalled>()
    this.#askMemory(() => {
      const answers = files.length > 0 ? this.#memory?.recall(place, files) : undefined
      answers?.forEach((answer, index) => {
        const file = files[index]
        if (answer && file?.problem === null) recalled.set(file, answer)
      })
    })
    return recalled
  }

  /** A memory that fails costs time, not photos. */
  #askMemory(ask: () => void): void {
    try {
      ask()
    } catch (error) {
      this.#memory = null
      this.#news.memoryLost = error instanceof Error ? error.message : String(error)
    }
  }

  #noteRecalled({ folder }: Place, recalled: ReadonlyMap<FoundFile, Recalled>): void {
    for (const [{ name }, answer] of recalled) {
      if (answer.status === 'unchanged') this.#news.unchanged++
      if (answer.status === 'refused' || this.#order.listRecalled)
        this.#news.recalled.push({ path: textOf(joinPath(folder, name)), recalled: answer })
    }
  }

  #leaveOutLonely(
    { folder }: Place,
    sidecars: readonly FoundFile[],
    groups: readonly SourceGroup<FoundFile>[],
  ): void {
    if (sidecars.length === 0) return
    const used = new Set(groups.flatMap((group) => group.sidecars))
    for (const file of sidecars.filter((sidecar) => !used.has(sidecar))) {
      leaveOut(this.#news.leftOut, file.filename, 'byName')
      if (this.#order.listLeftOut)
        this.#news.leftOutFiles.push({ path: textOf(joinPath(folder, file.name)), why: 'byName' })
    }
  }

  #handOn(groups: Groups): void {
    for (const portion of inPortions(groups)) {
      this.#waitForRoom()
      this.#tell(portion)
    }
  }

  /** While nobody wants more files, those that are still to come are counted. */
  #waitForRoom(): void {
    for (;;) {
      const waiting = Atomics.load(this.#waiting, 0)
      if (waiting <= MAX_WAITING) return
      if (this.#ahead === 'counted') Atomics.wait(this.#waiting, 0, waiting)
      else this.#countAhead()
    }
  }

  #countAhead(): void {
    if (this.#ahead === 'counted') return
    this.#ahead ??= { walk: this.#walk.fork(), files: this.#found }
    const step = this.#ahead.walk.next()
    if (step === null) {
      this.#news.total = this.#ahead.files
      this.#ahead = 'counted'
      this.#tell([])
    } else if ('contents' in step) this.#ahead.files += step.contents.files.length
  }

  #tell(groups: Groups, isLast = false): void {
    const files = groups.reduce((sum, group) => sum + group.files.length, 0)
    Atomics.add(this.#waiting, 0, files)
    const portion: Portion = { groups, files, news: this.#news, isLast }
    this.#port.postMessage(portion)
    this.#news = noNews()
    this.#toldMs = Date.now()
  }
}

function* inPortions(groups: Groups): Generator<Groups> {
  let portion: Groups[number][] = []
  let files = 0
  for (const group of groups) {
    portion.push(group)
    files += group.files.length
    if (files < PORTION_FILES) continue
    yield portion
    portion = []
    files = 0
  }
  if (portion.length > 0) yield portion
}
