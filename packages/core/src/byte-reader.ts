/** Reads numbers out of bytes that lie: beyond the end there is null, never an exception. */
export class ByteReader {
  readonly bytes: Buffer
  readonly littleEndian: boolean

  constructor(bytes: Buffer, littleEndian: boolean) {
    this.bytes = bytes
    this.littleEndian = littleEndian
  }

  u16(offset: number): number | null {
    if (!this.#holds(offset, 2)) return null
    return this.littleEndian ? this.bytes.readUInt16LE(offset) : this.bytes.readUInt16BE(offset)
  }

  u32(offset: number): number | null {
    if (!this.#holds(offset, 4)) return null
    return this.littleEndian ? this.bytes.readUInt32LE(offset) : this.bytes.readUInt32BE(offset)
  }

  /** The bytes themselves, not a copy; null unless all of them are there. */
  view(offset: number, length: number): Buffer | null {
    return this.#holds(offset, length) ? this.bytes.subarray(offset, offset + length) : null
  }

  #holds(offset: number, length: number): boolean {
    return offset >= 0 && offset + length <= this.bytes.length
  }
}
