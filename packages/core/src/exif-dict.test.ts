import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { makeExifDict } from './exif-dict.ts'
import type { TagGroup } from './tags.ts'

const dictOf = (exif: TagGroup, xmp: TagGroup = {}) => makeExifDict({ exif, xmp, iptc: {}, png: {} })

const text = (value: string) => ({ value: [value], description: value, computed: value })

describe('the EXIF dictionary', () => {
  test('keeps numbers, texts and fractions, and fractions that are none as they are written', () => {
    const { dict } = dictOf({
      Make: text('Canon'),
      ISOSpeedRatings: { value: 400, description: '400', computed: 400 },
      FNumber: { value: [28, 10], description: 'f/2.8', computed: 2.8 },
      ExposureTime: { value: [1, 0], description: 'Infinity', computed: null },
      ExifVersion: { value: [48, 50, 51, 50], description: '0232', computed: [48, 50, 51, 50] },
    })

    expect(dict).toEqual({
      Make: 'Canon',
      ISOSpeedRatings: 400,
      FNumber: 2.8,
      ExposureTime: '1/0',
      ExifVersion: '0232',
    })
  })

  test('leaves out what means nothing outside of the file', () => {
    const bytes = Array.from({ length: 5000 }, (_, n) => n & 255)

    const { dict } = dictOf({
      MakerNote: { value: bytes, description: '[Raw maker note data]' },
      'Exif IFD Pointer': { value: 134, description: '134', computed: 134 },
      JPEGInterchangeFormat: { value: 900, description: '900', computed: 900 },
    })

    expect(dict).toEqual({})
  })

  test('cleans texts of control characters and halves of characters, and of nothing else', () => {
    const { dict } = dictOf({ ImageDescription: text('  a\u0000b\u001b[31m\r\nc\ud800<script> Tromsø  ') })

    expect(dict).toEqual({ ImageDescription: 'ab[31m c\ufffd<script> Tromsø' })
  })

  test('cuts very long texts and says so', () => {
    const { dict, truncated } = dictOf({ ImageDescription: text('x'.repeat(55_000)), Make: text('Canon') })

    expect(dict['Make']).toBe('Canon')
    expect(dict['ImageDescription']).toHaveLength(20_000)
    expect(truncated).toEqual(['ImageDescription'])
  })

  test('drops the largest values until the rest fits, and names them', () => {
    const many = Object.fromEntries(
      Array.from({ length: 60 }, (_, n) => [`T${n}`, text('y'.repeat(10_000 + n))]),
    )

    const { dict, truncated } = dictOf({ Make: text('Canon'), ...many })

    expect(Buffer.byteLength(JSON.stringify(dict))).toBeLessThanOrEqual(256 * 1024)
    expect(dict['Make']).toBe('Canon')
    expect(truncated).toContain('T59')
    expect(truncated).not.toContain('T0')
    expect(Object.keys(dict).length + truncated.length).toBe(61)
  })

  test('ends where XMP is nested without end', () => {
    type Nested = { value: Nested | string; description: string }
    let deep: Nested = { value: 'bottom', description: '' }
    for (let level = 0; level < 5000; level++) deep = { value: deep, description: '' }

    const { dict, truncated } = dictOf({}, { History: deep })

    expect(dict).toEqual({})
    expect(truncated).toEqual(['XMP:History'])
  })

  test('is JSON of bounded size and depth whatever the tags hold', () => {
    const tag = fc.record({ value: fc.anything(), description: fc.anything(), computed: fc.anything() })

    fc.assert(
      fc.property(fc.dictionary(fc.string(), tag), (exif) => {
        const { dict } = dictOf(exif)

        const json = JSON.stringify(dict)
        expect(JSON.parse(json)).toEqual(dict)
        expect(Buffer.byteLength(json)).toBeLessThanOrEqual(256 * 1024)
      }),
    )
  })
})
