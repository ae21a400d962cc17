import { inflateSync } from 'node:zlib'
import { MAX_XML_BYTES } from './xml-document.ts'
import { type XmpReading, decodeXml, readXmp } from './xmp.ts'

const SIGNATURE_BYTES = 8
const CHUNK_FRAME_BYTES = 12
const KEYWORD = 'XML:com.adobe.xmp\0'

/**
 * The XMP that a PNG holds compressed, which libpng's users write and the EXIF reader leaves alone; null where there is
 * none. It is unpacked as far as XMP may be long, no further.
 */
export function readPngXmp(bytes: Buffer): XmpReading | null {
  if (bytes.toString('latin1', 0, 4) !== '\x89PNG') return null
  for (let at = SIGNATURE_BYTES; at + CHUNK_FRAME_BYTES <= bytes.length;) {
    const length = bytes.readUInt32BE(at)
    const body = bytes.subarray(at + 8, at + 8 + length)
    const packed = body.toString('latin1', 0, KEYWORD.length) === KEYWORD ? packedText(bytes, at, body) : null
    if (packed) return unpack(packed)
    at += CHUNK_FRAME_BYTES + length
  }
  return null
}

/** `zTXt` has a byte between keyword and text; `iTXt` two, a language and a translation, and may not be packed. */
function packedText(bytes: Buffer, at: number, body: Buffer): Buffer | null {
  const type = bytes.toString('latin1', at + 4, at + 8)
  if (type === 'zTXt') return body.subarray(KEYWORD.length + 1)
  if (type !== 'iTXt' || body[KEYWORD.length] !== 1) return null
  const language = body.indexOf(0, KEYWORD.length + 2)
  const translation = body.indexOf(0, language + 1)
  return language < 0 || translation < 0 ? null : body.subarray(translation + 1)
}

function unpack(packed: Buffer): XmpReading {
  try {
    return readXmp(decodeXml(inflateSync(packed, { maxOutputLength: MAX_XML_BYTES })))
  } catch {
    // Damaged, or larger than its bound: either way there is nothing to read, and the egg says so.
    return { problem: 'it cannot be unpacked, or is over 1 MiB' }
  }
}
