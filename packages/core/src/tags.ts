import ExifReader from 'exifreader'
import { readMovieDate } from './movie-date.ts'

/** One tag as it stands in the file. `computed` is its number where it is a fraction; `description` is for people. */
export interface Tag {
  readonly value?: unknown
  readonly description?: unknown
  readonly computed?: unknown
}

export type TagGroup = Readonly<Record<string, Tag | readonly Tag[]>>

/** Tags by where they were found. A group that is not in the file is empty. */
export interface Tags {
  readonly exif: TagGroup
  readonly xmp: TagGroup
  readonly iptc: TagGroup
  readonly png: TagGroup
  /** When the container of a HEIC says that it was made; see movie-date.ts. */
  readonly movieDate: string | null
}

const NOTHING = { exif: {}, xmp: {}, iptc: {}, png: {} }

/**
 * Reads EXIF, XMP, IPTC and PNG texts. Nothing in a file can make this fail: XMP that can't be parsed costs only
 * itself, a file without readable metadata has none. Compressed texts are left alone: they can unpack to anything.
 */
export function readTags(bytes: Buffer): Tags {
  const found = load(bytes, {}) ?? load(bytes, { xmp: true, iptc: true }) ?? NOTHING
  return { ...found, movieDate: readMovieDate(bytes) }
}

function load(bytes: Buffer, excluded: { xmp?: true; iptc?: true }): Omit<Tags, 'movieDate'> | null {
  try {
    const found = ExifReader.load(bytes, {
      expanded: true,
      computed: true,
      excludeTags: { ...excluded, icc: true, mpf: true, photoshop: true, makerNotes: true, thumbnail: true },
    })
    return {
      exif: asGroup(found.exif),
      xmp: asGroup(found.xmp),
      iptc: asGroup(found.iptc),
      png: asGroup(found.pngText),
    }
  } catch {
    // The reader throws for a file without metadata as for one that is damaged; neither costs the photo.
    return null
  }
}

/** The reader's types promise more than hostile files keep, so every value is looked at before it is used. */
function asGroup(group: object | undefined): TagGroup {
  const entries = Object.entries(group ?? {})
  return Object.fromEntries(entries.filter(([name, tag]) => name !== '_raw' && isObject(tag)))
}

function isObject(value: unknown): value is Tag {
  return typeof value === 'object' && value !== null
}

/** The first tag of a name. */
export function tagOf(group: TagGroup, name: string): Tag | null {
  const tag = Object.hasOwn(group, name) ? group[name] : undefined
  if (Array.isArray(tag)) return (tag as readonly Tag[])[0] ?? null
  return (tag as Tag | undefined) ?? null
}

const MAX_FIELD_CHARACTERS = 255

/** A tag's text, cleaned and bounded; null where there is none. */
export function textOf(tag: Tag | null): string | null {
  const value = Array.isArray(tag?.value) ? (tag.value as unknown[])[0] : tag?.value
  const text =
    typeof value === 'string' ? value : typeof value === 'number' ? String(value) : tag?.description
  if (typeof text !== 'string') return null
  return cleanText(text).slice(0, MAX_FIELD_CHARACTERS).trim() || null
}

/** A tag's number; null where it has none, or one divided by zero. */
export function numberOf(tag: Tag | null): number | null {
  const value: unknown = Array.isArray(tag?.computed) ? (tag.computed as unknown[])[0] : tag?.computed
  return typeof value === 'number' && Number.isFinite(value) ? value : null
}

/** Three numbers, as degrees, minutes and seconds are written; null unless all are numbers. */
export function numbersOf(tag: Tag | null): number[] | null {
  const values: unknown[] = Array.isArray(tag?.computed) ? (tag.computed as unknown[]) : [tag?.computed]
  const numbers = values.filter((value) => typeof value === 'number' && Number.isFinite(value)) as number[]
  return numbers.length === values.length ? numbers : null
}

/** Without control characters and lone surrogates; line breaks and tabs become spaces. */
export function cleanText(text: string): string {
  return text
    .replace(/[\t\r\n]+/g, ' ')
    .replace(/\p{Cc}/gu, '')
    .toWellFormed()
    .trim()
}
