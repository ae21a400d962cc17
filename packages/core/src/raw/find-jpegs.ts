import { jpegFrame } from '../jpeg-frame.ts'
import type { Place } from './raw-file.ts'

const START_OF_JPEG = Buffer.from([0xff, 0xd8, 0xff])
/** Raw data looks like the start of a JPEG once in 16 MB. */
const MAX_STARTS = 1000

/**
 * Looks through the whole file for JPEGs that nothing points to. Each reaches to the end of the file: decoders stop at
 * their last marker. What begins where raw data begins is none.
 */
export function findJpegs(bytes: Buffer, sensorData: readonly Place[]): Buffer[] {
  const notAt = new Set(sensorData.map(({ start }) => start))
  const found: Buffer[] = []
  let at = bytes.indexOf(START_OF_JPEG)
  for (let left = MAX_STARTS; at >= 0 && left > 0; left--) {
    const jpeg = bytes.subarray(at)
    if (!notAt.has(at) && jpegFrame(jpeg)) found.push(jpeg)
    at = bytes.indexOf(START_OF_JPEG, at + 1)
  }
  return found
}
