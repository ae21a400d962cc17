import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { detectFormat, supportedFormats } from './formats.ts'
import { Refusal } from './refusal.ts'

const folder = join(import.meta.dirname, '../../../fixtures/images')
const images = readdirSync(folder).map((name) => readFileSync(join(folder, name)))

function formatOrCode(bytes: Buffer): string {
  try {
    return detectFormat(bytes)
  } catch (error) {
    if (error instanceof Refusal) return error.code
    throw error
  }
}

const possible = [...supportedFormats, 'not_an_image', 'unsupported_format']

describe('the format of a file', () => {
  test.each([
    ['\ufeff  <!-- a comment -->\n<svg/>', 'unsupported_format'],
    ['<HTML><p>hello</p>', 'unsupported_format'],
    ['BM is how this text begins', 'not_an_image'],
    ['PK is how this text begins', 'not_an_image'],
    ['GIF is how this text begins', 'not_an_image'],
    [' ', 'not_an_image'],
  ])('of %j is %s', (text, expected) => {
    expect(formatOrCode(Buffer.from(text))).toBe(expected)
  })

  test('is told, or refused, for any file that was cut or changed anywhere', () => {
    const image = fc.constantFrom(...images.filter(({ length }) => length > 0))
    const change = fc.record({ at: fc.nat(), byte: fc.integer({ min: 0, max: 255 }) })

    fc.assert(
      fc.property(image, fc.nat(), fc.array(change, { maxLength: 20 }), (original, cut, changes) => {
        const bytes = Buffer.from(original.subarray(0, original.length - (cut % original.length)))
        for (const { at, byte } of changes) bytes[at % bytes.length] = byte

        expect(possible).toContain(formatOrCode(bytes))
      }),
      { numRuns: 1000 },
    )
  })
})
