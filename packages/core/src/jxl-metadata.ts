import { brotliDecompressSync } from 'node:zlib'
import { boxes } from './heif-boxes.ts'

/** The signature and the type of a JPEG XL container. */
const HEAD = Buffer.from('\0\0\0\x0cJXL \r\n\x87\n\0\0\0\x14ftypjxl \0\0\0\0jxl ', 'latin1')
const kinds = ['Exif', 'xml ']
const MAX_UNPACKED_BYTES = 4 * 1024 * 1024

/**
 * EXIF and XMP of a JPEG XL in a container without a picture, unpacked: encoders compress them unless told otherwise
 * (`brob`). What can't be unpacked, or to more than 4 MiB, is left out.
 */
export function jxlMetadata(bytes: Buffer): Buffer {
  const found = boxes(bytes).flatMap(({ type, body }) => {
    const inside = body.toString('latin1', 0, 4)
    if (kinds.includes(type)) return [toBox(type, body)]
    const unpacked = type === 'brob' && kinds.includes(inside) ? unpack(body.subarray(4)) : null
    return unpacked ? [toBox(inside, unpacked)] : []
  })
  return Buffer.concat([HEAD, ...found])
}

function unpack(packed: Buffer): Buffer | null {
  try {
    return brotliDecompressSync(packed, { maxOutputLength: MAX_UNPACKED_BYTES })
  } catch {
    // Damaged, or a bomb: metadata never costs the photo.
    return null
  }
}

function toBox(type: string, body: Buffer): Buffer {
  const head = Buffer.alloc(8)
  head.writeUInt32BE(head.length + body.length)
  head.write(type, 4, 'latin1')
  return Buffer.concat([head, body])
}
