import { ByteReader } from '../byte-reader.ts'
import { takeApartTiff } from './tiff-raw.ts'
import { NOTHING, type RawFile, sizeOf } from './raw-file.ts'

const MAX_BLOCKS = 32

/** Takes apart a Minolta MRW: blocks before the raw data, `PRD` with the size and `TTW` with a whole TIFF of metadata. */
export function takeApartMrw(bytes: Buffer): RawFile {
  const reader = new ByteReader(bytes, false)
  const blocks = readBlocks(reader)
  const [picture, tiff] = [blocks.get('\0PRD'), blocks.get('\0TTW')]
  const said = tiff ? takeApartTiff(tiff, 'MRW') : NOTHING
  const size = picture && new ByteReader(picture, false)
  return { ...said, size: size ? sizeOf(size.u16(14), size.u16(12)) : said.size, sensorData: [] }
}

function readBlocks(reader: ByteReader): Map<string, Buffer> {
  const blocks = new Map<string, Buffer>()
  const end = 8 + (reader.u32(4) ?? 0)
  let at = 8
  while (at < end && blocks.size < MAX_BLOCKS) {
    const body = reader.view(at + 8, reader.u32(at + 4) ?? 0)
    if (!body) break
    blocks.set(reader.bytes.toString('latin1', at, at + 4), body)
    at += 8 + body.length
  }
  return blocks
}
