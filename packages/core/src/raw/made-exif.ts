/** An EXIF value: text, or a fraction of two whole numbers. */
type Value = string | readonly [top: number, bottom: number]

/** By tag; what is null is left out. */
export type Values = Readonly<Record<number, Value | null>>

const ASCII = 2
const LONG = 4
const RATIONAL = 5
const EXIF_POINTER = 0x8769
const BYTES_OF_ENTRY = 12

/** A TIFF with these tags in its first directory and in EXIF, for what a container says in a form of its own. */
export function makeExif(first: Values, exif: Values): Buffer {
  const header = Buffer.from('II*\0\x08\0\0\0', 'latin1')
  const inFirst = fieldsOf(first)
  const exifAt = header.length + directoryBytes(inFirst.length + 1) + dataBytes(inFirst)
  const pointer = { tag: EXIF_POINTER, type: LONG, count: 1, data: longs(exifAt) }
  return Buffer.concat([
    header,
    writeDirectory([...inFirst, pointer], header.length),
    writeDirectory(fieldsOf(exif), exifAt),
  ])
}

interface Field {
  readonly tag: number
  readonly type: number
  readonly count: number
  readonly data: Buffer
}

function fieldsOf(values: Values): Field[] {
  return Object.entries(values).flatMap(([tag, value]) =>
    value === null ? [] : [toField(Number(tag), value)],
  )
}

function toField(tag: number, value: Value): Field {
  if (typeof value !== 'string') return { tag, type: RATIONAL, count: 1, data: longs(...value) }
  // Four bytes at least, so that every value but a pointer stands behind its directory.
  const data = Buffer.from(value.padEnd(4, '\0') + '\0', 'latin1')
  return { tag, type: ASCII, count: data.length, data }
}

function longs(...numbers: readonly number[]): Buffer {
  const bytes = Buffer.alloc(numbers.length * 4)
  numbers.forEach((number, index) => bytes.writeUInt32LE(number, index * 4))
  return bytes
}

const directoryBytes = (entries: number) => 2 + entries * BYTES_OF_ENTRY + 4
const dataBytes = (fields: readonly Field[]) =>
  fields.reduce((sum, { data }) => sum + (data.length > 4 ? data.length : 0), 0)

function writeDirectory(fields: readonly Field[], at: number): Buffer {
  const directory = Buffer.alloc(directoryBytes(fields.length))
  let dataAt = at + directory.length
  directory.writeUInt16LE(fields.length)
  fields.forEach(({ tag, type, count, data }, index) => {
    const entry = 2 + index * BYTES_OF_ENTRY
    directory.writeUInt16LE(tag, entry)
    directory.writeUInt16LE(type, entry + 2)
    directory.writeUInt32LE(count, entry + 4)
    if (data.length <= 4) data.copy(directory, entry + 8)
    else {
      directory.writeUInt32LE(dataAt, entry + 8)
      dataAt += data.length
    }
  })
  return Buffer.concat([directory, ...fields.map(({ data }) => data).filter(({ length }) => length > 4)])
}
