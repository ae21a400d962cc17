import { availableParallelism } from 'node:os'
import { type Visibility, limits, normalizeTag, visibility } from '@imalink/contract'
import { type Command, InvalidArgumentError, Option } from 'commander'
import type { ImportPlan } from '../import/run-import.ts'
import type { ScanWishes } from '../import/source-groups.ts'

/** What `import` and `watch` can both be told, as the command line hands it over. */
export interface ImportOptions {
  readonly include?: readonly string[]
  readonly exclude?: readonly string[]
  /** Milliseconds since 1970. */
  readonly since?: number
  readonly crossMounts?: true
  readonly volume?: string
  readonly tag?: readonly string[]
  readonly author?: string
  readonly visibility?: Visibility
  readonly pairs: boolean
  readonly coldpreviewSize: number | 'none'
  readonly jobs?: number
  readonly core?: string
  /** Seconds. */
  readonly patience: number
  readonly quiet?: true
}

const DAY_MS = 24 * 60 * 60 * 1000

/** Adds the options of `ImportOptions` to a command. */
export function withImportOptions(command: Command): Command {
  return command
    .option('--include <glob>', 'only files that match it; may be given several times', collect(glob))
    .option('--exclude <glob>', 'no files and folders that match it; several times', collect(glob))
    .option('--since <date|days>', 'only files changed since then: 2026-06-01, or 30 for days', since)
    .option('--cross-mounts', 'also into folders that other disks are mounted on')
    .option('--volume <name>', 'a name for the disk, instead of what it calls itself', textOfAtMost(255))
    .option('--tag <name>', 'a tag for every photo that comes in; several times', collect(tag))
    .option('--author <name>', 'who took the photos, whatever the files say', author)
    .addOption(
      new Option(
        '--visibility <who>',
        'who may see the photos that come in; only you, where it is left out',
      ).choices(visibility.options),
    )
    .option('--no-pairs', 'make two photos of a RAW and a JPEG of one name')
    .option(
      '--coldpreview-size <px>',
      'longest side of the large preview, 150-4096 or none',
      coldpreviewSize,
      1920,
    )
    .option('--jobs <n>', 'images in work at once (default: processors + 1)', wholeNumber(1, 64))
    .option('--core <url>', 'where core is, if not where the server says')
    .option(
      '--patience <seconds>',
      'how long a server may be away before the import ends',
      wholeNumber(0, 86_400),
      600,
    )
    .option('--quiet', 'no progress, only the report')
}

/** Which files the options mean. */
export function scanWishes(options: ImportOptions): ScanWishes {
  const { include = [], exclude = [], since: sinceMs = null, crossMounts = false, volume = null } = options
  return { include, exclude, sinceMs, crossMounts, volume }
}

/** How the options have photos made. */
export function makingOf(
  options: ImportOptions,
): Pick<ImportPlan, 'photos' | 'pairs' | 'coldpreviewSize' | 'jobs' | 'giveUpAfterMs'> {
  const { tag: tags = [], author: creator, visibility: seenBy } = options
  return {
    photos: {
      ...(tags.length > 0 ? { tags } : {}),
      ...(creator === undefined ? {} : { creator }),
      ...(seenBy === undefined ? {} : { visibility: seenBy }),
    },
    pairs: options.pairs,
    coldpreviewSize: options.coldpreviewSize === 'none' ? null : options.coldpreviewSize,
    // One more than core can work on at once, so that the next image is there when one is done.
    jobs: options.jobs ?? availableParallelism() + 1,
    giveUpAfterMs: options.patience * 1000,
  }
}

/** Reads a whole number within bounds. Throws `InvalidArgumentError`, as all of these do. */
export function wholeNumber(min: number, max: number): (text: string) => number {
  return (text) => {
    const number = Number(text)
    if (/^\d+$/.test(text) && number >= min && number <= max) return number
    throw new InvalidArgumentError(`It is a whole number from ${min} to ${max}.`)
  }
}

export function textOfAtMost(length: number): (text: string) => string {
  return (text) => {
    if (text.length <= length) return text
    throw new InvalidArgumentError(`It has at most ${length} characters.`)
  }
}

/** Each time an option is given. */
function collect<T>(parse: (text: string) => T): (text: string, all?: readonly T[]) => readonly T[] {
  return (text, all = []) => [...all, parse(text)]
}

function coldpreviewSize(text: string): number | 'none' {
  return text === 'none' ? text : wholeNumber(150, 4096)(text)
}

function glob(text: string): string {
  if (/[^./]/.test(text)) return text
  throw new InvalidArgumentError('It names nothing.')
}

function tag(text: string): string {
  const name = normalizeTag(text)
  if (name !== null) return name
  throw new InvalidArgumentError('A tag has 1-50 characters, without commas and backslashes.')
}

function author(text: string): string {
  const name = text.trim()
  if (name !== '' && name.length <= limits.titleLength) return name
  throw new InvalidArgumentError(`A name has 1-${limits.titleLength} characters.`)
}

/** The beginning of a day by this machine's clock, or so many days ago. */
function since(text: string): number {
  if (/^\d{1,5}$/.test(text)) return Date.now() - Number(text) * DAY_MS
  const [, year, month, day] = (/^(\d{4})-(\d\d)-(\d\d)$/.exec(text) ?? []).map(Number)
  const date = new Date(year ?? Number.NaN, (month ?? 0) - 1, day)
  if (date.getMonth() + 1 === month && date.getDate() === day) return date.getTime()
  throw new InvalidArgumentError('It is a date such as 2026-06-01, or a number of days.')
}
