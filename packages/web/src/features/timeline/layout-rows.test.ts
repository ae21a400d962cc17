import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { indexAfterKey, layoutRows, rowOf } from './layout-rows.ts'

const options = { width: 1000, gap: 4, targetHeight: 130 }
const ratios = fc.array(fc.double({ min: 0.01, max: 50, noNaN: true }), { maxLength: 300 })
const widths = fc.integer({ min: 280, max: 4000 })

describe('rows of a grid', () => {
  test('hold every photo once and in order', () => {
    fc.assert(
      fc.property(ratios, widths, (shapes, width) => {
        const rows = layoutRows(shapes, { ...options, width })
        const indexes = rows.flatMap(({ first, widths }) => widths.map((_, offset) => first + offset))

        expect(indexes).toEqual(shapes.map((_, index) => index))
      }),
    )
  })

  test('are exactly as wide as the page, and the last one never wider', () => {
    fc.assert(
      fc.property(ratios, widths, (shapes, width) => {
        const rows = layoutRows(shapes, { ...options, width })
        for (const [index, row] of rows.entries()) {
          const total =
            row.widths.reduce((sum, each) => sum + each, 0) + options.gap * (row.widths.length - 1)
          if (index < rows.length - 1) expect(total).toBeCloseTo(width, 6)
          else expect(total).toBeLessThanOrEqual(width + 1e-6)
        }
      }),
    )
  })

  test('are never flattened or blown up by one odd picture', () => {
    fc.assert(
      fc.property(ratios, widths, (shapes, width) => {
        for (const { height } of layoutRows(shapes, { ...options, width })) {
          expect(height).toBeGreaterThan(options.targetHeight / 3)
          expect(height).toBeLessThanOrEqual(options.targetHeight * 1.35 + 1e-6)
        }
      }),
    )
  })

  test('keep a lone photo at its size rather than as wide as the page', () => {
    expect(layoutRows([1.5], options)).toEqual([{ first: 0, height: 130, widths: [195] }])
  })
})

describe('arrow keys', () => {
  const rows = layoutRows(Array<number>(20).fill(1.5), options)

  test('go on to the next row at its end and stop at both ends of the grid', () => {
    const last = (rows[0]?.widths.length ?? 0) - 1

    expect(indexAfterKey(rows, 4, last, 'ArrowRight')).toBe(last + 1)
    expect(indexAfterKey(rows, 4, last + 1, 'ArrowLeft')).toBe(last)
    expect(indexAfterKey(rows, 4, 0, 'ArrowLeft')).toBe(0)
    expect(indexAfterKey(rows, 4, 19, 'ArrowRight')).toBe(19)
  })

  test('go up and down to the photo that is nearest, and back', () => {
    const below = indexAfterKey(rows, 4, 2, 'ArrowDown')

    expect(rowOf(rows, below)).toBe(1)
    expect(below - (rows[1]?.first ?? 0)).toBe(2)
    expect(indexAfterKey(rows, 4, below, 'ArrowUp')).toBe(2)
    expect(indexAfterKey(rows, 4, 2, 'ArrowUp')).toBe(2)
  })
})
