import { limits } from '@imalink/contract'
import { type Tag, type TagGroup, type Tags, cleanText, isList } from './tags.ts'

type Json = string | number | boolean | null | Json[] | { [key: string]: Json }

export interface ExifDict {
  readonly dict: Record<string, Json>
  /** Names of what was dropped or cut. */
  readonly truncated: string[]
}

const MAX_TEXT_CHARACTERS = 20_000
const MAX_LIST_ITEMS = 200
const MAX_DEPTH = 16

/** Blobs and places in the file: of no use outside of it. */
const withoutMeaning =
  /^(MakerNote|ICC_Profile|Raw profile type .*|.* Pointer|ApplicationNotes|PrintImageMatching|InterColorProfile|IPTC-NAA|JPEGInterchangeFormat.*|StripOffsets|StripByteCounts|TileOffsets|TileByteCounts|Padding|OffsetSchema|ImageSourceData|JPEGTables)$/

/** Byte strings that are text. */
const versions = ['ExifVersion', 'FlashpixVersion', 'InteroperabilityVersion']

/**
 * Every readable tag as JSON: EXIF under its own name, the others as `XMP:`, `IPTC:` and `PNG:`. Values are as written:
 * numbers as numbers, fractions computed, or as `"1/0"` where they can't be. At most 256 KiB: the largest go first.
 */
export function makeExifDict(tags: Pick<Tags, 'exif' | 'xmp' | 'iptc' | 'png'>): ExifDict {
  const truncated = new Set<string>()
  const entries = [
    ...readGroup(tags.exif, '', truncated),
    ...readGroup(tags.xmp, 'XMP:', truncated),
    ...readGroup(tags.iptc, 'IPTC:', truncated),
    ...readGroup(tags.png, 'PNG:', truncated),
  ]
  const kept = dropLargest(entries, truncated)
  return { dict: Object.fromEntries(kept), truncated: [...truncated] }
}

type Entry = readonly [name: string, value: Json]

function readGroup(group: TagGroup, prefix: string, truncated: Set<string>): Entry[] {
  return Object.entries(group).flatMap(([key, tag]): Entry[] => {
    const name = prefix + cleanText(key).slice(0, 200)
    if (withoutMeaning.test(key)) return []
    const value = toJson(key, tag, () => truncated.add(name))
    return value === undefined ? [] : [[name, value]]
  })
}

function toJson(name: string, tag: Tag | readonly Tag[], onCut: () => void): Json | undefined {
  if (isList(tag)) return tag.slice(0, MAX_LIST_ITEMS).flatMap((item) => toJson(name, item, onCut) ?? [])
  const { value, computed, description } = tag
  if (versions.includes(name) && typeof description === 'string') return boundText(description, onCut)
  if (isBytes(value)) return typeof description === 'string' ? boundText(description, onCut) : undefined
  if (computed !== undefined && computed !== null) return plain(computed, onCut, 0)
  return fraction(value) ?? plain(value, onCut, 0)
}

const MAX_NUMBERS = 64

/** Long lists of numbers are bytes: comments, strings in a coding of their own, tables. */
function isBytes(value: unknown): boolean {
  if (value instanceof ArrayBuffer || ArrayBuffer.isView(value)) return true
  return Array.isArray(value) && value.length > 4 && value.every(isByte)
}

function isByte(value: unknown): boolean {
  return Number.isInteger(value) && Number(value) >= 0 && Number(value) <= 255
}

/** What can't be divided, as it is written. */
function fraction(value: unknown): string | undefined {
  const isFraction =
    Array.isArray(value) && value.length === 2 && value.every(Number.isInteger) && value[1] === 0
  return isFraction ? value.join('/') : undefined
}

function plain(value: unknown, onCut: () => void, depth: number): Json | undefined {
  if (typeof value === 'string') return boundText(value, onCut)
  if (typeof value === 'boolean') return value
  // JSON has no minus zero; adding zero makes it the ordinary one.
  if (typeof value === 'number') return Number.isFinite(value) ? value + 0 : null
  if (typeof value !== 'object' || value === null) return undefined
  if (depth >= MAX_DEPTH) return cut(onCut)
  return Array.isArray(value) ? plainList(value, onCut, depth) : plainObject(value, onCut, depth)
}

function plainList(values: readonly unknown[], onCut: () => void, depth: number): Json | undefined {
  const [only] = values
  if (values.length === 1 && depth === 0) return plain(only, onCut, depth + 1)
  const limit = values.every((value) => typeof value === 'number') ? MAX_NUMBERS : MAX_LIST_ITEMS
  if (values.length > limit) onCut()
  return values.slice(0, limit).map((value) => plain(value, onCut, depth + 1) ?? null)
}

/** XMP wraps every value with its attributes; the value alone is kept. */
function plainObject(value: object, onCut: () => void, depth: number): Json | undefined {
  if ('value' in value && 'description' in value) return plain(value.value, onCut, depth + 1)
  const entries = Object.entries(value).slice(0, MAX_LIST_ITEMS)
  const kept = entries.map(([key, item]) => [cleanText(key), plain(item, onCut, depth + 1) ?? null] as const)
  return Object.fromEntries(kept)
}

function cut(onCut: () => void): undefined {
  onCut()
  return undefined
}

function boundText(text: string, onCut: () => void): string {
  const clean = cleanText(text)
  if (clean.length <= MAX_TEXT_CHARACTERS) return clean
  onCut()
  return clean.slice(0, MAX_TEXT_CHARACTERS).toWellFormed()
}

/** Quotes, colon, comma around an entry. */
const ENTRY_OVERHEAD_BYTES = 8

function dropLargest(entries: readonly Entry[], truncated: Set<string>): Entry[] {
  const sized = entries.map((entry) => ({
    entry,
    bytes: jsonBytes(entry[0]) + jsonBytes(entry[1]) + ENTRY_OVERHEAD_BYTES,
  }))
  let total = sized.reduce((sum, { bytes }) => sum + bytes, 0)
  const dropped = new Set<Entry>()
  for (const { entry, bytes } of sized.toSorted((a, b) => b.bytes - a.bytes)) {
    if (total <= limits.exifDictBytes) break
    dropped.add(entry)
    truncated.add(entry[0])
    total -= bytes
  }
  return entries.filter((entry) => !dropped.has(entry))
}

function jsonBytes(value: Json): number {
  return Buffer.byteLength(JSON.stringify(value))
}
