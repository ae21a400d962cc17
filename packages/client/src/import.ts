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
  /** The whole file. What it throws makes the file `refused` as `unreadable_file`, with the error's message as detail. */
  read(signal: AbortSignal): Promise<Blob | Uint8Array<ArrayBuffer>>
}

/** What became of one original. `known` was not decoded, because the backend has these bytes already. */
export type Verdict =
  | {
      readonly status: 'created' | 'duplicate' | 'known'
      readonly id: number
      readonly hothash: string
      readonly in_trash: boolean
    }
  | { readonly status: 'refused'; readonly code: string; readonly detail: string }

export type Outcome = { readonly file: SourceFile } & Verdict

export interface ImportCounts {
  /** Files taken from the source so far, not the number that it has. */
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
  /** How long a server may be away before the import gives up; 10 minutes where it is left out. */
  readonly giveUpAfterMs?: number
  onOutcome(outcome: Outcome, counts: ImportCounts): void
  /** A server is away or busy and is being tried again; null when it answers again. */
  onWaiting?(reason: string | null): void
}
