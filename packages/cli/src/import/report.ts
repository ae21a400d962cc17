import type { EggLayer, ImportCounts } from '@imalink/client'
import type { ExitCode } from '../failure.ts'
import { count, counted, duration, printable } from './printable.ts'
import type { LeftOut } from './walk.ts'

const LISTED = 20

export interface RefusedFile {
  readonly path: string
  readonly code: string
  readonly detail: string
}

/** How an import went. */
export interface ImportResult {
  readonly status: 'completed' | 'interrupted' | 'failed'
  readonly exitCode: ExitCode
  /** Why it ended early, one sentence; null when it did not. */
  readonly reason: string | null
  readonly address: string
  readonly eggs: EggLayer
  readonly sessionId: number
  readonly paths: readonly string[]
  readonly counts: ImportCounts
  readonly inTrash: number
  readonly refused: readonly RefusedFile[]
  readonly leftOut: LeftOut
  readonly seconds: number
}

/** The report for machines; `import --help` describes it. */
export function reportJson(result: ImportResult) {
  const { counts, leftOut, eggs, seconds } = result
  return {
    status: result.status,
    exit_code: result.exitCode,
    reason: result.reason,
    server: result.address,
    import_session_id: result.sessionId,
    decoded_by: { kind: eggs.kind, url: eggs.url },
    paths: result.paths,
    found: counts.found,
    done: counts.done,
    created: counts.created,
    known: counts.known,
    duplicates: counts.duplicates,
    in_trash: result.inTrash,
    refused: counts.refused,
    refused_files: result.refused,
    unreadable_folders: leftOut.unreadableFolders,
    left_out: {
      hidden: leftOut.hidden,
      links: leftOut.links,
      by_extension: Object.fromEntries([...leftOut.byExtension].sort(([a], [b]) => (a < b ? -1 : 1))),
    },
    seconds,
    files_per_second: seconds > 0 ? counts.done / seconds : null,
  }
}

/** The report for a person, ending in a line break. */
export function reportText(result: ImportResult): string {
  const sections = [
    headline(result),
    countLines(result),
    refusedLines(result.refused),
    folderLines(result.leftOut),
    leftOutLine(result.leftOut),
    `Decoded ${result.eggs.kind === 'core' ? `by core at ${result.eggs.server.baseUrl}` : 'by core, through the server'}.`,
    `Look at your photos: ${result.address}`,
  ]
  return `${sections.flat().join('\n')}\n`
}

const verbs = {
  completed: 'Imported',
  interrupted: 'Interrupted while importing',
  failed: 'Stopped importing',
}

function headline({ status, reason, paths, counts, seconds }: ImportResult): string[] {
  const rate = seconds > 0 ? `, ${(counts.done / seconds).toFixed(1)} a second` : ''
  const from = paths.length === 1 ? printable(paths[0] ?? '') : counted(paths.length, 'place')
  const line = `${verbs[status]} from ${from}: ${counted(counts.done, 'file')} in ${duration(seconds)}${rate}.`
  const again = 'Run it again to go on; nothing is done twice.'
  return status === 'completed' ? [line] : [line, `${status === 'failed' ? `${reason} ` : ''}${again}`]
}

function countLines({ counts, inTrash }: ImportResult): string[] {
  const line = (number: number, what: string) => `${count(number).padStart(9)} ${what}`
  return [
    line(counts.created, 'new'),
    line(counts.known, 'there already'),
    line(counts.duplicates, 'duplicates of other files'),
    line(counts.refused, 'refused'),
    ...(inTrash > 0 ? [line(inTrash, 'of those there already in the trash')] : []),
  ]
}

function refusedLines(refused: readonly RefusedFile[]): string[] {
  if (refused.length === 0) return []
  const listed = refused
    .slice(0, LISTED)
    .map(({ path, code, detail }) => `  ${printable(path)}: ${printable(detail)} (${code})`)
  const more = refused.length - listed.length
  return ['Refused:', ...listed, ...(more > 0 ? [`  … and ${count(more)} more; --json lists all`] : [])]
}

function folderLines({ unreadableFolders }: LeftOut): string[] {
  if (unreadableFolders.length === 0) return []
  const listed = unreadableFolders
    .slice(0, LISTED)
    .map(({ path, detail }) => `  ${printable(path)}: ${detail}`)
  const more = unreadableFolders.length - listed.length
  return ['Folders that could not be read:', ...listed, ...(more > 0 ? [`  … and ${count(more)} more`] : [])]
}

function leftOutLine({ byExtension, hidden, links }: LeftOut): string[] {
  const extensions = [...byExtension].sort(([, a], [, b]) => b - a)
  const files = extensions
    .slice(0, 8)
    .map(([extension, number]) => `${count(number)} ${printable(extension) || 'others'}`)
  const rest = extensions.slice(8).reduce((sum, [, number]) => sum + number, 0)
  const parts = [
    ...files,
    ...(rest > 0 ? [`${count(rest)} others`] : []),
    ...(hidden > 0 ? [`${count(hidden)} hidden`] : []),
    ...(links > 0 ? [counted(links, 'link')] : []),
  ]
  return parts.length === 0 ? [] : [`Left out: ${parts.join(', ')}.`]
}
