import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { readJxlHeader } from './jxl-header.ts'

/** A codestream of these fields: value and width in bits, least significant bit first. */
function stream(...fields: readonly (readonly [value: number, bits: number])[]): Buffer {
  const bits = fields.flatMap(([value, count]) =>
    Array.from({ length: count }, (_, bit) => (value >> bit) & 1),
  )
  const bytes = Buffer.alloc(Math.ceil(bits.length / 8))
  bits.forEach((bit, index) => {
    bytes[index >> 3] = (bytes[index >> 3] ?? 0) | (bit << (index & 7))
  })
  return Buffer.concat([Buffer.from([0xff, 0x0a]), bytes])
}

const fixture = (name: string) => readFileSync(join(import.meta.dirname, '../../../fixtures/images', name))

describe('the header of a JPEG XL', () => {
  test.each(['plain.jxl', 'packed-exif.jxl', 'alpha.jxl'])('of %s says its size', (name) => {
    expect(readJxlHeader(fixture(name))).toEqual({ width: 64, height: 48, isAnimated: false })
  })

  test('may state the height in eights and the width by its ratio', () => {
    // 80 high, 3 to 2.
    const header = readJxlHeader(stream([1, 1], [9, 5], [4, 3], [1, 1]))

    expect(header).toEqual({ width: 120, height: 80, isAnimated: false })
  })

  test('may state both sides', () => {
    const header = readJxlHeader(stream([0, 1], [1, 2], [2999, 13], [0, 3], [0, 2], [399, 9], [1, 1]))

    expect(header).toEqual({ width: 400, height: 3000, isAnimated: false })
  })

  test.each([
    [
      'behind nothing',
      [
        [0, 1],
        [0, 1],
      ],
    ],
    [
      'behind a size to be shown at',
      [
        [1, 1],
        [1, 1],
        [9, 5],
        [1, 3],
        [0, 1],
      ],
    ],
    [
      'behind a preview',
      [
        [0, 1],
        [1, 1],
        [0, 1],
        [0, 2],
        [40, 6],
        [0, 3],
        [0, 2],
        [50, 6],
      ],
    ],
    [
      'behind a preview in eights',
      [
        [0, 1],
        [1, 1],
        [1, 1],
        [2, 2],
        [7, 5],
        [1, 3],
      ],
    ],
  ] as const)('says that it is animated, %s', (_, before) => {
    const size = [
      [1, 1],
      [9, 5],
      [1, 3],
    ] as const
    // Not all default, extra fields, orientation; then what comes before, then the animation itself.
    const animated = stream(...size, [0, 1], [1, 1], [0, 3], ...before, [1, 1])
    const still = stream(...size, [0, 1], [1, 1], [0, 3], ...before, [0, 1])

    expect(readJxlHeader(animated)?.isAnimated).toBe(true)
    expect(readJxlHeader(still)?.isAnimated).toBe(false)
  })

  test.each([Buffer.alloc(0), Buffer.from('words'), fixture('packed-exif.jxl').subarray(0, 32)])(
    'is null where there is none',
    (bytes) => {
      expect(readJxlHeader(bytes)).toBeNull()
    },
  )
})
