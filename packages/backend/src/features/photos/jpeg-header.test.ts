import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { readJpegSize } from './jpeg-header.ts'

const START = [0xff, 0xd8]
const segment = (marker: number, ...content: number[]) => [0xff, marker, 0, content.length + 2, ...content]
const frame = (marker: number, width: number, height: number) =>
  segment(marker, 8, height >> 8, height & 255, width >> 8, width & 255, 1, 1, 0x11, 0)
const bytes = (...parts: number[][]) => Buffer.from(parts.flat())

describe('the size in a JPEG header', () => {
  test.each([
    ['baseline', 0xc0],
    ['progressive', 0xc2],
    ['arithmetic', 0xc9],
  ])('is that of its %s frame', (_name, marker) => {
    expect(readJpegSize(bytes(START, frame(marker, 640, 480)))).toEqual({ width: 640, height: 480 })
  })

  test('is found behind segments of any kind', () => {
    const jpeg = bytes(START, segment(0xe1, 1, 2, 3), segment(0xfe), segment(0xc4, 0), frame(0xc0, 3, 2))

    expect(readJpegSize(jpeg)).toEqual({ width: 3, height: 2 })
  })

  test('is found behind the fill bytes that may stand before a marker', () => {
    expect(readJpegSize(bytes(START, [0xff, 0xff], frame(0xc0, 3, 2)))).toEqual({ width: 3, height: 2 })
  })

  test.each([
    ['nothing', bytes()],
    ['a PNG', Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex')],
    ['a JPEG that ends before its frame', bytes(START, segment(0xe0, 1))],
    ['a frame that is cut off', bytes(START, frame(0xc0, 640, 480).slice(0, 8))],
    ['an image data segment before any frame', bytes(START, segment(0xda, 0), frame(0xc0, 3, 2))],
    ['a frame without width', bytes(START, frame(0xc0, 0, 480))],
    ['a frame without height', bytes(START, frame(0xc0, 640, 0))],
    ['bytes between segments', bytes(START, [0], frame(0xc0, 3, 2))],
    ['a segment shorter than its own length', bytes(START, [0xff, 0xe0, 0, 0], frame(0xc0, 3, 2))],
  ])('is not there in %s', (_name, jpeg) => {
    expect(readJpegSize(jpeg)).toBeNull()
  })

  test('is sought to the end of any bytes, and no further', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (tail) => {
        const size = readJpegSize(Buffer.from([...START, ...tail]))
        expect(size === null || (size.width > 0 && size.height > 0)).toBe(true)
      }),
      { numRuns: 500 },
    )
  })
})
