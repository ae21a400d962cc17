import type { EggLayer } from './core.ts'
import type { Server } from './client.ts'

/** One original that could be imported. `path` is absolute where it is known, or relative to what was chosen. */
export interface SourceFile {
  readonly filename: string
  readonly path: string
  /** The disk it is on; `''` where that is not known. */
  readonly volume: string
  /** Bytes. */
  readonly size: number
  /** UTC instant, null where it is not known. */
  readonly modifiedAt: string | null
  read(signal: AbortSignal): Promise<Blob>
}

/** What became of one file. `known` was not decoded, because the backend has these bytes already. */
export type Outcome =
  | {
      readonly file: SourceFile
      readonly status: 'created' | 'duplicate' | 'known'
      readonly id: number
      readonly hothash: string
      readonly in_trash: boolean
    }
  | { readonly file: SourceFile; readonly status: 'refused'; readonly code: string; readonly detail: string }

export interface ImportCounts {
  readonly found: number
  readonly done: number
  readonly created: number
  readonly duplicates: number
  readonly known: number
  readonly refused: number
}

export interface ImportOptions {
  readonly backend: Server
  readonly eggs: EggLayer
  readonly sessionId: number | null
  /** Longest side in px; null for none. */
  readonly coldpreviewSize: number | null
  /** Images at core at once. */
  readonly jobs: number
  readonly signal: AbortSignal
  onOutcome(outcome: Outcome, counts: ImportCounts): void
  /** A server is away or busy and is being tried again; null when it answers again. */
  onWaiting?(reason: string | null): void
}
