import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { jpegSegments, jpegSize } from './jpeg-segments.ts'

const START = [0xff, 0xd8]
const END = [0xff, 0xd9]
const segment = (marker: number, ...content: number[]) => [0xff, marker, 0, content.length + 2, ...content]
const frame = (marker: number, width: number, height: number) =>
  segment(marker, 8, height >> 8, height & 255, width >> 8, width & 255, 1, 1, 0x11, 0)
const scan = (...data: number[]) => [...segment(0xda, 1, 1, 0, 0, 63, 0), ...data]
const bytes = (...parts: number[][]) => Buffer.from(parts.flat())

function readSize(jpeg: Buffer) {
  const segments = jpegSegments(jpeg)
  return segments && jpegSize(segments)
}

describe('the size in a JPEG header', () => {
  test.each([
    ['baseline', 0xc0],
    ['progressive', 0xc2],
    ['arithmetic', 0xc9],
  ])('is that of its %s frame', (_name, marker) => {
    expect(readSize(bytes(START, frame(marker, 640, 480), END))).toEqual({ width: 640, height: 480 })
  })

  test('is found behind segments of any kind', () => {
    const others = [segment(0xe1, 1, 2, 3), segment(0xfe), segment(0xc4, 0)]

    expect(readSize(bytes(START, ...others, frame(0xc0, 3, 2), END))).toEqual({ width: 3, height: 2 })
  })

  test('is found behind the fill bytes that may stand before a marker', () => {
    expect(readSize(bytes(START, [0xff, 0xff], frame(0xc0, 3, 2), END))).toEqual({ width: 3, height: 2 })
  })

  test.each([
    ['nothing', bytes()],
    ['a PNG', Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex')],
    ['a JPEG that ends before its frame', bytes(START, segment(0xe0, 1))],
    ['a JPEG without a frame', bytes(START, segment(0xe0, 1), END)],
    ['a frame that is cut off', bytes(START, frame(0xc0, 640, 480).slice(0, 8))],
    ['a frame that is too short for a size', bytes(START, segment(0xc0, 8, 0, 4), END)],
    ['a JPEG that is cut off in its scan', bytes(START, frame(0xc0, 640, 480), scan(1, 2, 0xff))],
    ['a JPEG that is cut off behind a restart', bytes(START, frame(0xc0, 640, 480), scan(1, 0xff, 0xd0, 7))],
    ['an image data segment before any frame', bytes(START, scan(), frame(0xc0, 3, 2), END)],
    ['a frame without width', bytes(START, frame(0xc0, 0, 480), END)],
    ['a frame without height', bytes(START, frame(0xc0, 640, 0), END)],
    ['bytes between segments', bytes(START, [0], frame(0xc0, 3, 2), END)],
    ['a segment shorter than its own length', bytes(START, [0xff, 0xe0, 0, 0], frame(0xc0, 3, 2), END)],
    ['a marker that no decoder knows', bytes(START, segment(0xf7, 1), frame(0xc0, 3, 2), END)],
    ['segments without end', bytes(START, ...Array.from({ length: 5000 }, () => segment(0xfe)), END)],
  ])('is not there in %s', (_name, jpeg) => {
    expect(readSize(jpeg)).toBeNull()
  })

  test('is sought to the end of any bytes, and no further', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (tail) => {
        const size = readSize(Buffer.from([...START, ...tail]))
        expect(size === null || (size.width > 0 && size.height > 0)).toBe(true)
      }),
      { numRuns: 500 },
    )
  })
})

test('a scan reaches over stuffed bytes, fill bytes and restarts to the next marker', () => {
  const [first, second] = [scan(1, 0xff, 0, 2, 0xff, 0xd3, 4), scan(5, 6, 0xff)]

  const segments = jpegSegments(bytes(START, frame(0xc2, 3, 2), first, second, END, [1, 2, 3]))

  expect(segments?.map(({ marker }) => marker)).toEqual([0xc2, 0xda, 0xda, 0xd9])
  expect([...(segments?.[1]?.bytes ?? [])]).toEqual(first)
})
