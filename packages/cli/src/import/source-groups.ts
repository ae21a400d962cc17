import type { Worker } from 'node:worker_threads'
import type { SourceGroup } from '@imalink/client'
import { type DiskFile, type DiskScan, type Root, type ScanNews, startScan } from '@imalink/client/disk'
import { limits } from '@imalink/contract'
import type { Journal } from '../journal/journal.ts'
import { journalThread } from './journal-thread.ts'

/** Which files of the roots are wanted. */
export interface ScanWishes {
  /** A name for the disk, null where it names itself. */
  readonly volume: string | null
  readonly include: readonly string[]
  readonly exclude: readonly string[]
  readonly sinceMs: number | null
  readonly crossMounts: boolean
}

export interface SourceOptions {
  readonly roots: readonly Root[]
  readonly wishes: ScanWishes
  readonly journal: Journal
  /** Whether the journal is not asked. */
  readonly recheck: boolean
  /** What is told file by file beside what is handed on. */
  readonly list: 'nothing' | 'recalled' | 'recalled and left out'
  readonly listFolders?: boolean
  /** One that was started before, for this scan alone. */
  readonly thread?: Worker
  /** Whether a group is taken now; a later scan finds the others again. All are where it is left out. */
  isReady?(group: SourceGroup<DiskFile>): boolean
  readonly signal: AbortSignal
  onNews(news: ScanNews): void
}

/** Begins to look for the files below the roots that the journal does not vouch for, those that may be one photo put together. */
export function startSource(options: SourceOptions): DiskScan {
  const { roots, wishes, journal, recheck, list, listFolders = false, signal } = options
  const key = recheck ? null : journal.memory
  const scan = startScan(roots, {
    ...wishes,
    maxUnnamedBytes: limits.fileBytes,
    signal,
    thread: options.thread ?? journalThread(),
    memory: key && { ...key, withPhotos: list !== 'nothing' },
    listRecalled: list !== 'nothing',
    listLeftOut: list === 'recalled and left out',
    listFolders,
    onNews(news) {
      if (news.memoryLost !== null) journal.lost(news.memoryLost)
      options.onNews(news)
    },
  })
  return { ...scan, groups: () => readyOnes(scan.groups(), options) }
}

async function* readyOnes(
  groups: AsyncIterable<SourceGroup<DiskFile>>,
  { isReady }: SourceOptions,
): AsyncGenerator<SourceGroup<DiskFile>> {
  for await (const group of groups) if (isReady?.(group) ?? true) yield group
}
