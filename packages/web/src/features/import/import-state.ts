import { type EggLayer, type ImportCounts, type Outcome, nothingCounted } from '@imalink/client'
import { type LeftOutCounts, nothingLeftOut } from './left-out.ts'
import type { Sample } from './time-left.ts'

export interface Refusal {
  readonly path: string
  readonly code: string
  readonly detail: string
}

/** An import as it is shown. */
export interface ImportState {
  readonly title: string
  readonly phase: 'running' | 'stopping' | 'completed' | 'cancelled' | 'failed'
  /** Which core lays the eggs; null until it is picked. */
  readonly core: EggLayer['kind'] | null
  /** Files that will be imported, as far as the folders are walked. */
  readonly found: number
  readonly isScanning: boolean
  readonly counts: ImportCounts
  /** Duplicates and known ones whose photo is in the trash. */
  readonly inTrash: number
  readonly leftOut: LeftOutCounts
  readonly refusals: readonly Refusal[]
  readonly samples: readonly Sample[]
  /** Why it is waiting for a server; null when it is not. */
  readonly waiting: string | null
  /** What ended a failed import, as a sentence. */
  readonly failure: string | null
}

export function beginning(title: string): ImportState {
  return {
    title,
    phase: 'running',
    core: null,
    found: 0,
    isScanning: true,
    counts: nothingCounted,
    inTrash: 0,
    leftOut: nothingLeftOut,
    refusals: [],
    samples: [],
    waiting: null,
    failure: null,
  }
}

export function isOver({ phase }: ImportState): boolean {
  return phase !== 'running' && phase !== 'stopping'
}

/** The refusal that an outcome is; null when the file came in or was there. */
export function refusalOf(outcome: Outcome): Refusal | null {
  if (outcome.status !== 'refused') return null
  return { path: outcome.file.path, code: outcome.code, detail: outcome.detail }
}
