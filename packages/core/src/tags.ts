import ExifReader from 'exifreader'
import { type NoteInFile, findMakerNote } from './maker-notes/find-note.ts'
import { readMovieDate } from './movie-date.ts'
import { readPngXmp } from './png-xmp.ts'
import { type Sidecar, readSidecar } from './sidecar.ts'
import { PacketParser, type Xmp, type XmpReading } from './xmp.ts'

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
  /** The XMP of the file by its vocabularies, which the names in `xmp` do not tell apart. */
  readonly embedded: Xmp | null
  /** The XMP that stands beside the file. */
  readonly sidecar: Xmp | null
  /** The maker's own notes, looked for when they are asked for. */
  readonly makerNote: () => NoteInFile | null
  /** What is there and could not be read. */
  readonly unread: readonly Unread[]
}

export interface Unread {
  readonly field: 'xmp' | 'sidecar'
  readonly reason: string
}

type InFile = Omit<Tags, 'movieDate' | 'sidecar' | 'makerNote'>

const NOTHING: InFile = { exif: {}, xmp: {}, iptc: {}, png: {}, embedded: null, unread: [] }

/**
 * Reads EXIF, XMP, IPTC and PNG texts, and the side-car. Nothing in them can make this fail: XMP that can't be parsed costs only
 * itself, a file without readable metadata has none. Compressed texts are left alone: they can unpack to anything.
 */
export function readTags(bytes: Buffer, sidecar: Sidecar | null = null): Tags {
  const found = load(bytes, {}) ?? load(bytes, { xmp: true, iptc: true }) ?? NOTHING
  const inFile = found.embedded ? null : readPngXmp(bytes)
  const beside = sidecar && readSidecar(sidecar)
  return {
    ...found,
    movieDate: readMovieDate(bytes),
    makerNote: () => findNote(bytes, found.exif),
    embedded: found.embedded ?? xmpOf(inFile),
    sidecar: xmpOf(beside),
    unread: [...found.unread, ...unread('xmp', inFile), ...unread('sidecar', beside)],
  }
}

function xmpOf(reading: XmpReading | null): Xmp | null {
  return reading && 'xmp' in reading ? reading.xmp : null
}

function unread(field: Unread['field'], reading: XmpReading | null): Unread[] {
  return reading && 'problem' in reading ? [{ field, reason: `could not be read: ${reading.problem}.` }] : []
}

function findNote(bytes: Buffer, exif: TagGroup): NoteInFile | null {
  const value = tagOf(exif, 'MakerNote')?.value
  return Array.isArray(value) ? findMakerNote(bytes, Buffer.from(value)) : null
}

function load(bytes: Buffer, excluded: { xmp?: true; iptc?: true }): InFile | null {
  const packets = new PacketParser()
  try {
    const found = ExifReader.load(bytes, {
      expanded: true,
      computed: true,
      domParser: packets,
      excludeTags: { ...excluded, icc: true, mpf: true, photoshop: true, makerNotes: true, thumbnail: true },
    })
    return {
      exif: asGroup(found.exif),
      xmp: asGroup(found.xmp),
      iptc: asGroup(found.iptc),
      png: asGroup(found.pngText),
      embedded: xmpOf(packets.reading),
      unread: unread('xmp', packets.reading),
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

/** Every tag of a name. */
export function tagsOf(group: TagGroup, name: string): readonly Tag[] {
  const tag = Object.hasOwn(group, name) ? group[name] : undefined
  if (tag === undefined) return []
  return isList(tag) ? tag : [tag]
}

export function isList(tag: Tag | readonly Tag[]): tag is readonly Tag[] {
  return Array.isArray(tag)
}

/** The first tag of a name. */
export function tagOf(group: TagGroup, name: string): Tag | null {
  return tagsOf(group, name)[0] ?? null
}

/** What the reader says where a value lies outside of the file. */
const OUTSIDE = '<faulty value>'

/** A tag's text as it stands in the file; null where there is none. */
export function rawText(tag: Tag | null): string | null {
  const value = Array.isArray(tag?.value) ? (tag.value as unknown[])[0] : tag?.value
  const text =
    typeof value === 'string' ? value : typeof value === 'number' ? String(value) : tag?.description
  return typeof text === 'string' && text !== OUTSIDE ? text : null
}

const MAX_FIELD_CHARACTERS = 255

/** A tag's text, cleaned and bounded; null where there is none. */
export function textOf(tag: Tag | null): string | null {
  return boundField(rawText(tag))
}

/** Cleaned, and at most as long as a field of an egg's metadata needs to be; null where nothing is left. */
export function boundField(text: string | null): string | null {
  return (
    cleanText(text ?? '')
      .slice(0, MAX_FIELD_CHARACTERS)
      .toWellFormed()
      .trim() || null
  )
}

/** A tag's number; null where it has none, or one divided by zero. */
export function numberOf(tag: Tag | null): number | null {
  const value: unknown = Array.isArray(tag?.computed) ? (tag.computed as unknown[])[0] : tag?.computed
  return typeof value === 'number' && Number.isFinite(value) ? value : null
}

/** Several fractions, as degrees, minutes and seconds are written; NaN for `0/0`, infinite for another one over zero. */
export function fractionsOf(tag: Tag | null): number[] {
  const values = Array.isArray(tag?.value) ? (tag.value as unknown[]) : []
  if (!values.every((value) => Array.isArray(value))) return [numberOf(tag) ?? NaN]
  return values.map(([top, bottom]: unknown[]) => Number(top) / Number(bottom))
}

/** Without control characters and lone surrogates; line breaks and tabs become spaces. */
export function cleanText(text: string): string {
  return text
    .replace(/[\t\r\n]+/g, ' ')
    .replace(/\p{Cc}/gu, '')
    .toWellFormed()
    .trim()
}
