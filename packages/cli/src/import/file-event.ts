import type { Outcome } from '@imalink/client'
import type { LeftOutFile, RecalledFile } from '@imalink/client/disk'

/** What became of one file, as `--json-lines` prints it; `import --help` describes it. */
export type FileEvent =
  | {
      readonly path: string
      readonly status: 'created' | 'duplicate' | 'known' | 'joined'
      readonly id: number
      readonly hothash: string
      readonly sha256: string
      /** Null where the server was not asked. */
      readonly in_trash: boolean | null
      /** Known on the journal's word. */
      readonly unchanged?: true
      readonly note?: string
    }
  | {
      readonly path: string
      readonly status: 'refused'
      readonly code: string
      readonly detail: string
      /** Refused by an earlier import, and not tried again. */
      readonly before?: true
      readonly note?: string
    }
  | { readonly path: string; readonly status: 'left_out'; readonly detail: string }

/** What would become of a file, as `--dry-run` prints it. */
export type SurveyedFile = {
  readonly path: string
  readonly status: 'would_import' | 'known' | 'unreadable'
  readonly dry_run: true
}

export function isSurveyed(event: FileEvent | SurveyedFile): event is SurveyedFile {
  return 'dry_run' in event
}

export function settledFile({ file, ...verdict }: Outcome): FileEvent {
  return { path: file.path, ...verdict }
}

/** Null for a file of which the scan was not asked to tell more than the number. */
export function recalledFile({ path, recalled }: RecalledFile): FileEvent | null {
  if (recalled.status === 'refused') return { path, ...recalled, before: true }
  return recalled.photo && { path, status: 'known', ...recalled.photo, in_trash: null, unchanged: true }
}

const reasons: Readonly<Record<LeftOutFile['why'], string>> = {
  hidden: 'it is hidden, or what another program keeps for itself',
  links: 'it is a link',
  mounts: 'another disk is mounted on it; --cross-mounts goes there',
  excluded: 'it is not among what was asked for',
  older: 'it was last changed before the time that was asked for',
  byName: 'it is no photo by its name, or belongs to none',
}

export function leftOutFile({ path, why }: LeftOutFile): FileEvent {
  return { path, status: 'left_out', detail: reasons[why] }
}
