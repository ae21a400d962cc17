import { count, counted, printable } from '../import/printable.ts'
import type { ImportResult } from '../import/report.ts'

const LISTED = 20

/** A line for a person about what has come in since they were told last, and one for each file or folder that was not taken. */
export function passText(
  { totals, refused, paths, failure, unreadableFolders }: ImportResult,
  { isFirst, at }: { readonly isFirst: boolean; readonly at: Date },
): string {
  const fresh = refused.filter((file) => !file.before)
  const some = (number: number, what: string) => (number > 0 ? [`${count(number)} ${what}`] : [])
  const parts = [
    ...some(totals.created, 'new'),
    ...some(totals.joined, 'joined'),
    ...some(totals.known - totals.unchanged, 'there already'),
    ...some(totals.duplicates, totals.duplicates === 1 ? 'duplicate' : 'duplicates'),
    ...some(fresh.length, 'refused'),
  ]
  const what = parts.length === 0 ? 'nothing new' : parts.join(', ')
  const where = isFirst
    ? ` in ${counted(totals.done, 'file')}; watching ${paths.map(printable).join(', ')}`
    : ''
  const lines = fresh
    .slice(0, LISTED)
    .map(({ path, code, detail }) => `  refused ${printable(path)}: ${printable(detail)} (${code})`)
  return [
    `${at.toTimeString().slice(0, 8)} ${what}${where}.`,
    ...lines,
    ...unreadableFolders
      .slice(0, LISTED)
      .map(({ path, detail }) => `  folder not read ${printable(path)}: ${detail}`),
    ...(failure === null ? [] : [`  ${failure.message}`]),
    '',
  ].join('\n')
}
