/** Tags that say what the numbers of a picture mean as colours (ICC.1:2022, 9.2). All others are words, or somebody's own. */
const COLOUR_TAGS = new Set([
  ...['rXYZ', 'gXYZ', 'bXYZ', 'rTRC', 'gTRC', 'bTRC', 'kTRC', 'wtpt', 'bkpt', 'chad', 'chrm', 'lumi', 'cicp'],
  ...['A2B0', 'A2B1', 'A2B2', 'A2B3', 'B2A0', 'B2A1', 'B2A2', 'B2A3', 'gamt', 'pre0', 'pre1', 'pre2'],
  ...['D2B0', 'D2B1', 'D2B2', 'D2B3', 'B2D0', 'B2D1', 'B2D2', 'B2D3'],
])
/** Every profile must have these two: of them their type is left, as of an empty text. */
const REQUIRED_TEXTS = new Set(['desc', 'cprt'])
const TYPE_BYTES = 4

const HEADER_BYTES = 128
const ENTRY_BYTES = 12
/** Maker and model of the device, creator of the profile, the digest of what it was: [from, to). */
const NAMES_IN_HEADER = [
  [48, 56],
  [80, 100],
] as const

/**
 * A profile of the same length and the same colours in which every text is blank: names of people and machines, serial
 * numbers, copyright, what stands between and behind its tags. Null for what is no ICC profile.
 */
export function blankTexts(profile: Buffer): Buffer | null {
  const tags = readTags(profile)
  if (!tags) return null
  const blank = Buffer.alloc(profile.length)
  const keep = (from: number, to: number) => profile.copy(blank, from, from, to)
  keep(0, HEADER_BYTES + TYPE_BYTES + tags.length * ENTRY_BYTES)
  for (const [from, to] of NAMES_IN_HEADER) blank.fill(0, from, to)
  for (const { name, offset, size } of tags) {
    if (COLOUR_TAGS.has(name)) keep(offset, offset + size)
    else if (REQUIRED_TEXTS.has(name)) keep(offset, offset + Math.min(TYPE_BYTES, size))
  }
  return blank
}

interface Tag {
  readonly name: string
  readonly offset: number
  readonly size: number
}

function readTags(profile: Buffer): Tag[] | null {
  if (profile.length < HEADER_BYTES + TYPE_BYTES || profile.toString('latin1', 36, 40) !== 'acsp') return null
  const count = profile.readUInt32BE(HEADER_BYTES)
  const tableEnd = HEADER_BYTES + TYPE_BYTES + count * ENTRY_BYTES
  if (tableEnd > profile.length) return null
  const tags = Array.from({ length: count }, (_, index) => readTag(profile, index))
  const isInside = ({ offset, size }: Tag) => offset >= tableEnd && offset + size <= profile.length
  return tags.every(isInside) ? tags : null
}

function readTag(profile: Buffer, index: number): Tag {
  const at = HEADER_BYTES + TYPE_BYTES + index * ENTRY_BYTES
  return {
    name: profile.toString('latin1', at, at + 4),
    offset: profile.readUInt32BE(at + 4),
    size: profile.readUInt32BE(at + 8),
  }
}
