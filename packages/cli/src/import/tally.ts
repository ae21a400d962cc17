import { type ImportCounts, type Outcome, nothingCounted } from '@imalink/client'
import {
  type LeftOut,
  type ScanNews,
  type UnreadableFolder,
  addLeftOut,
  nothingLeftOut,
} from '@imalink/client/disk'
import { NAMED, Refusals } from './refusals.ts'

/** What became of all files of an import, whether the engine had them or the journal vouched for them. */
export interface Totals extends ImportCounts {
  /** Of those known, the ones that are so on the journal's word. */
  readonly unchanged: number
  /** Of those refused, the ones that an earlier import had refused. */
  readonly refused_before: number
}

/** Adds up an import. */
export class Tally {
  readonly refusals = new Refusals()
  readonly leftOut: LeftOut = nothingLeftOut()
  /** The first ones, of so many. */
  readonly unreadableFolders: UnreadableFolder[] = []
  unreadableFolderCount = 0
  inTrash = 0
  /** How many files there are, null while they are being counted. */
  total: number | null = null
  readonly #startedMs = performance.now()
  #engine = nothingCounted
  #unchanged = 0
  #refusedBefore = 0

  addNews(news: ScanNews): void {
    this.#unchanged += news.unchanged
    this.total ??= news.total
    addLeftOut(this.leftOut, news.leftOut)
    this.unreadableFolderCount += news.unreadableFolders.length
    this.unreadableFolders.push(...news.unreadableFolders.slice(0, NAMED - this.unreadableFolders.length))
    for (const { path, recalled } of news.recalled) {
      if (recalled.status !== 'refused') continue
      const { code, detail } = recalled
      this.refusals.add({ path, code, detail, before: true })
      this.#refusedBefore++
    }
  }

  addOutcome(outcome: Outcome, counts: ImportCounts): void {
    this.#engine = counts
    if (outcome.status !== 'refused') return void (this.inTrash += outcome.in_trash ? 1 : 0)
    const { file, code, detail } = outcome
    this.refusals.add({ path: file.path, code, detail })
  }

  get totals(): Totals {
    const [unchanged, before] = [this.#unchanged, this.#refusedBefore]
    const { found, done, known, refused, without_egg, ...rest } = this.#engine
    return {
      ...rest,
      found: found + unchanged + before,
      done: done + unchanged + before,
      known: known + unchanged,
      refused: refused + before,
      without_egg: without_egg + unchanged,
      unchanged,
      refused_before: before,
    }
  }

  get seconds(): number {
    return (performance.now() - this.#startedMs) / 1000
  }
}
