import { count, counted, duration, printable } from './printable.ts'
import type { ImportResult } from './report.ts'
import type { RefusedFile } from './refusals.ts'

const LISTED = 20
const LISTED_OF_A_CODE = 5
const LISTED_EXTENSIONS = 8

/** The report for a person, ending in a line break. */
export function reportText(result: ImportResult): string {
  const sections = [
    headline(result),
    countLines(result),
    refusedLines(result),
    folderLines(result),
    leftOutLine(result),
    `Decoded ${result.eggs.kind === 'core' ? `by core at ${result.eggs.server.baseUrl}` : 'by core, through the server'}.`,
    result.sessionId === null
      ? []
      : `This is import ${result.sessionId}; \`npm run imalink -- status\` lists the latest ones.`,
    `Look at your photos: ${result.address}`,
  ]
  return `${sections.flat().join('\n')}\n`
}

const verbs = {
  completed: 'Imported',
  interrupted: 'Interrupted while importing',
  failed: 'Stopped importing',
}

function headline({ status, failure, paths, totals, seconds }: ImportResult): string[] {
  const rate = seconds > 0 ? `, ${(totals.done / seconds).toFixed(1)} a second` : ''
  const from = paths.length === 1 ? printable(paths[0] ?? '') : counted(paths.length, 'place')
  const line = `${verbs[status]} from ${from}: ${counted(totals.done, 'file')} in ${duration(seconds)}${rate}.`
  const again = 'Run it again to go on; nothing is done twice.'
  return status === 'completed'
    ? [line]
    : [line, `${status === 'failed' ? `${failure?.message} ` : ''}${again}`]
}

function countLines({ totals, inTrash }: ImportResult): string[] {
  const line = (number: number, what: string) => `${count(number).padStart(9)} ${what}`
  const some = (number: number, what: string) => (number > 0 ? [line(number, what)] : [])
  return [
    line(totals.created, 'new'),
    ...some(totals.joined, 'joined to a photo as its further files'),
    line(totals.known, 'there already'),
    ...some(totals.unchanged, 'of those unchanged since, on the journal’s word; --recheck asks the server'),
    line(
      totals.duplicates,
      totals.duplicates === 1 ? 'duplicate of another file' : 'duplicates of other files',
    ),
    line(totals.refused, 'refused'),
    ...some(totals.refused_before, 'of those refused before and not tried again; --recheck tries them'),
    ...some(inTrash, 'of those there already in the trash'),
  ]
}

/** The most frequent reason first, each with its first files. */
function refusedLines({ refused, refusedByCode }: ImportResult): string[] {
  const byCode = [...refusedByCode].sort(([, a], [, b]) => b - a)
  const total = byCode.reduce((sum, [, files]) => sum + files, 0)
  if (total === 0) return []
  const isShort = total <= LISTED
  return [
    'Refused:',
    ...byCode.flatMap(([code, files]) => [
      ...(byCode.length > 1 || !isShort ? [`  ${code}: ${counted(files, 'file')}`] : []),
      ...refusedOfACode(
        refused.filter((file) => file.code === code).slice(0, isShort ? total : LISTED_OF_A_CODE),
        files,
      ),
    ]),
    ...(isShort ? [] : ['  --json-lines and --explain list all.']),
  ]
}

function refusedOfACode(listed: readonly RefusedFile[], all: number): string[] {
  const lines = listed.map(({ path, code, detail }) => `  ${printable(path)}: ${printable(detail)} (${code})`)
  return all > listed.length ? [...lines, `  … and ${count(all - listed.length)} more`] : lines
}

/** The folders that nobody could look into; no line where there are none. */
export function folderLines({
  unreadableFolders,
  unreadableFolderCount,
}: Pick<ImportResult, 'unreadableFolders' | 'unreadableFolderCount'>): string[] {
  if (unreadableFolderCount === 0) return []
  const listed = unreadableFolders.slice(0, LISTED)
  const more = unreadableFolderCount - listed.length
  return [
    'Folders that could not be read; nothing is removed for that:',
    ...listed.map(({ path, detail }) => `  ${printable(path)}: ${detail}`),
    ...(more > 0 ? [`  … and ${count(more)} more`] : []),
  ]
}

function leftOutLine({ leftOut }: ImportResult): string[] {
  const { hidden, links, mounts, excluded, older, byExtension } = leftOut
  const extensions = [...byExtension].sort(([, a], [, b]) => b - a)
  const rest = extensions.slice(LISTED_EXTENSIONS).reduce((sum, [, number]) => sum + number, 0)
  const some = (number: number, what: string) => (number > 0 ? [`${count(number)} ${what}`] : [])
  const parts = [
    ...extensions
      .slice(0, LISTED_EXTENSIONS)
      .map(([extension, number]) => `${count(number)} ${printable(extension) || 'others'}`),
    ...some(rest, 'others'),
    ...some(hidden, 'hidden'),
    ...(links > 0 ? [counted(links, 'link')] : []),
    ...(mounts > 0 ? [`${counted(mounts, 'other disk')} (--cross-mounts)`] : []),
    ...some(excluded, 'excluded'),
    ...some(older, 'older'),
  ]
  return parts.length === 0 ? [] : [`Left out: ${parts.join(', ')}.`]
}
