import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { jpegEnding } from './jpeg-ending.ts'

const fixture = (name: string) => readFileSync(join(import.meta.dirname, '../../../fixtures/images', name))

describe('the end of a JPEG', () => {
  test.each([
    ['camera.jpg', 'closed'],
    ['progressive.jpg', 'closed'],
    ['two-pictures.mpo', 'closed'],
    ['no-end-marker.jpg', 'unfinished'],
    ['cut-in-half.jpg', 'unfinished'],
    ['header-only.jpg', 'unfinished'],
    ['stray-marker.jpg', 'broken'],
  ])('of %s is %s', (name, ending) => {
    expect(jpegEnding(fixture(name))).toBe(ending)
  })

  test('is found, or not, in any bytes at all', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => {
        const jpeg = Buffer.concat([Buffer.from([0xff, 0xd8, 0xff]), bytes])

        expect(['closed', 'unfinished', 'broken']).toContain(jpegEnding(jpeg))
      }),
    )
  })
})
