import type { EggLayer } from '@imalink/client'
import type { LeftOut, UnreadableFolder } from '@imalink/client/disk'
import type { ExitCode, Failure } from '../failure.ts'
import type { RefusedFile } from './refusals.ts'
import type { Totals } from './tally.ts'

/** How an import went. */
export interface ImportResult {
  readonly status: 'completed' | 'interrupted' | 'failed'
  readonly exitCode: ExitCode
  /** Why it ended early; null when it did not. */
  readonly failure: Failure | null
  readonly address: string
  readonly eggs: EggLayer
  /** Null where there was nothing for a session. */
  readonly sessionId: number | null
  readonly paths: readonly string[]
  readonly totals: Totals
  readonly inTrash: number
  /** The first ones. */
  readonly refused: readonly RefusedFile[]
  readonly refusedByCode: ReadonlyMap<string, number>
  readonly leftOut: LeftOut
  /** The first ones. */
  readonly unreadableFolders: readonly UnreadableFolder[]
  readonly unreadableFolderCount: number
  readonly seconds: number
}

/** The report for machines; `import --help` describes it. */
export function reportJson(result: ImportResult) {
  const { totals, leftOut, eggs, seconds } = result
  const { hidden, links, mounts, excluded, older, byExtension } = leftOut
  return {
    status: result.status,
    exit_code: result.exitCode,
    reason: result.failure?.message ?? null,
    server: result.address,
    import_session_id: result.sessionId,
    decoded_by: { kind: eggs.kind, url: eggs.url },
    paths: result.paths,
    found: totals.found,
    done: totals.done,
    created: totals.created,
    joined: totals.joined,
    known: totals.known,
    unchanged: totals.unchanged,
    duplicates: totals.duplicates,
    in_trash: result.inTrash,
    refused: totals.refused,
    refused_before: totals.refused_before,
    refused_by_code: Object.fromEntries(result.refusedByCode),
    refused_files: result.refused,
    unreadable_folders: result.unreadableFolders,
    unreadable_folder_count: result.unreadableFolderCount,
    left_out: {
      ...{ hidden, links, mounts, excluded, older },
      by_extension: Object.fromEntries([...byExtension].sort(([a], [b]) => (a < b ? -1 : 1))),
    },
    seconds,
    files_per_second: seconds > 0 ? totals.done / seconds : null,
  }
}
