/** Boxes of a HEIF file, as ISO/IEC 14496-12 and 23008-12 lay them out. Whatever lies outside the file is not there. */
interface Box {
  readonly type: string
  readonly body: Buffer
}

interface Item {
  readonly id: number
  readonly type: string
}

/** `primaries` and `transfer` are code points of ITU-T H.273. */
export interface CodedColour {
  readonly primaries: number
  readonly transfer: number
}

export interface Heif {
  readonly itemTypes: readonly string[]
  /** Every size that the file declares, the picture's own and those of its tiles. */
  readonly sizes: readonly { readonly width: number; readonly height: number }[]
  /** The colour profile of the primary picture. */
  readonly icc: Buffer | null
  readonly codedColour: CodedColour | null
}

const MAX_BOXES = 10_000
const MAX_ITEMS = 10_000

const imageBrands = /^(hei[cxms]|hev[cxms]|mif[12]|msf1|miaf|MiH[ABE]|avi[fs])$/
const hevcItems = ['hvc1', 'hev1']

/** HEIC or AVIF by what the pictures inside are coded in; null where the container holds something else. */
export function heifKind(bytes: Buffer): 'HEIC' | 'AVIF' | null {
  const brands = readBrands(bytes)
  if (!brands.some((brand) => imageBrands.test(brand))) return null
  const types = readHeif(bytes).itemTypes
  if (types.some((type) => hevcItems.includes(type))) return 'HEIC'
  if (types.includes('av01')) return 'AVIF'
  if (types.some((type) => ['jpeg', 'avc1', 'vvc1', 'j2k1', 'unci'].includes(type))) return null
  return brands[0]?.startsWith('avi') ? 'AVIF' : 'HEIC'
}

function readBrands(bytes: Buffer): string[] {
  const [first] = boxes(bytes)
  if (first?.type !== 'ftyp') return []
  const text = first.body.toString('latin1', 0, 400)
  const brands = text.match(/[^]{4}/g) ?? []
  return brands.filter((_, index) => index !== 1)
}

/** What the `meta` box says about the pictures. A damaged one says less, never throws. */
export function readHeif(bytes: Buffer): Heif {
  const meta = boxes(bytes).find(({ type }) => type === 'meta')
  const inMeta = meta ? boxes(meta.body.subarray(4)) : []
  const properties = find(find(inMeta, 'iprp')?.children, 'ipco')?.children ?? []
  const primary = readPrimary(find(inMeta, 'pitm')?.body)
  const own = readAssociations(find(find(inMeta, 'iprp')?.children, 'ipma')?.body, primary)
  const ofPrimary = own.map((index) => properties[index - 1]).filter((box) => box !== undefined)
  const colours = [...ofPrimary, ...properties].filter(({ type }) => type === 'colr')
  return {
    itemTypes: readItems(find(inMeta, 'iinf')?.body).map(({ type }) => type),
    sizes: properties.filter(({ type }) => type === 'ispe').flatMap(({ body }) => readSize(body)),
    icc: readIcc(colours),
    codedColour: readCodedColour(colours),
  }
}

function find(list: readonly Box[] | undefined, type: string): (Box & { readonly children: Box[] }) | null {
  const box = list?.find((candidate) => candidate.type === type)
  return box ? { ...box, children: boxes(box.body) } : null
}

/** The boxes that lie side by side in these bytes. */
export function boxes(bytes: Buffer): Box[] {
  const found: Box[] = []
  let offset = 0
  while (offset + 8 <= bytes.length && found.length < MAX_BOXES) {
    const { headerBytes, length } = boxExtent(bytes, offset)
    if (length < headerBytes) break
    const type = bytes.toString('latin1', offset + 4, offset + 8)
    found.push({ type, body: bytes.subarray(offset + headerBytes, offset + length) })
    offset += length
  }
  return found
}

/** A length of 1 stands for 64 bits behind the type, 0 for the rest of the file. */
function boxExtent(bytes: Buffer, offset: number): { headerBytes: number; length: number } {
  const length = bytes.readUInt32BE(offset)
  if (length === 0) return { headerBytes: 8, length: bytes.length - offset }
  if (length !== 1) return { headerBytes: 8, length }
  if (offset + 16 > bytes.length) return { headerBytes: 16, length: 0 }
  return { headerBytes: 16, length: Number(bytes.readBigUInt64BE(offset + 8)) }
}

function readPrimary(body: Buffer | undefined): number | null {
  if (!body || body.length < 6) return null
  if (body[0] === 0) return body.readUInt16BE(4)
  return body.length < 8 ? null : body.readUInt32BE(4)
}

function readItems(body: Buffer | undefined): Item[] {
  if (!body || body.length < 8) return []
  const entries = boxes(body.subarray(body[0] === 0 ? 6 : 8))
  return entries.slice(0, MAX_ITEMS).flatMap(({ type, body: entry }) => {
    const wide = entry[0] === 3
    const typeAt = wide ? 10 : 8
    if (type !== 'infe' || entry.length < typeAt + 4) return []
    const id = wide ? entry.readUInt32BE(4) : entry.readUInt16BE(4)
    return [{ id, type: entry.toString('latin1', typeAt, typeAt + 4) }]
  })
}

/** Property indices (from 1) of one item. */
function readAssociations(body: Buffer | undefined, wanted: number | null): number[] {
  if (!body || body.length < 8) return []
  const idBytes = (body[0] ?? 0) < 1 ? 2 : 4
  const indexBytes = ((body[3] ?? 0) & 1) === 1 ? 2 : 1
  let offset = 8
  for (let left = Math.min(body.readUInt32BE(4), MAX_ITEMS); left > 0; left--) {
    if (offset + idBytes + 1 > body.length) return []
    const id = body.readUIntBE(offset, idBytes)
    const count = body[offset + idBytes] ?? 0
    const start = offset + idBytes + 1
    offset = start + count * indexBytes
    if (offset > body.length) return []
    if (id === wanted) return readIndices(body.subarray(start, offset), indexBytes)
  }
  return []
}

/** The highest bit says that the property is essential; it is not part of the index. */
function readIndices(bytes: Buffer, width: number): number[] {
  const mask = width === 2 ? 0x7fff : 0x7f
  return Array.from({ length: bytes.length / width }, (_, n) => bytes.readUIntBE(n * width, width) & mask)
}

function readSize(body: Buffer): { width: number; height: number }[] {
  return body.length < 12 ? [] : [{ width: body.readUInt32BE(4), height: body.readUInt32BE(8) }]
}

function readIcc(colours: readonly Box[]): Buffer | null {
  const isProfile = ({ body }: Box) => ['prof', 'rICC'].includes(body.toString('latin1', 0, 4))
  return colours.find(isProfile)?.body.subarray(4) ?? null
}

function readCodedColour(colours: readonly Box[]): CodedColour | null {
  const coded = colours.find(({ body }) => body.toString('latin1', 0, 4) === 'nclx' && body.length >= 8)
  return coded ? { primaries: coded.body.readUInt16BE(4), transfer: coded.body.readUInt16BE(6) } : null
}
