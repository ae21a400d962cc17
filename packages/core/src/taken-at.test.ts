import { describe, expect, test } from 'vitest'
import { readTakenAt } from './taken-at.ts'
import type { TagGroup, Tags } from './tags.ts'
import type { Xmp } from './xmp.ts'

const texts = (values: Record<string, string>): TagGroup =>
  Object.fromEntries(
    Object.entries(values).map(([name, text]) => [name, { value: [text], description: text }]),
  )

const xmpOf = (values: Record<string, string>): Xmp =>
  new Map(Object.entries(values).map(([name, text]) => [name, [{ text, language: null }]]))

const tags = (found: Partial<Tags>) => ({
  exif: {},
  iptc: {},
  movieDate: null,
  embedded: null,
  sidecar: null,
  ...found,
})

const fromExif = (values: Record<string, string>) => readTakenAt(tags({ exif: texts(values) }))

describe('when a picture was taken', () => {
  test('is DateTimeOriginal, with its own fraction and offset', () => {
    const found = fromExif({
      DateTimeOriginal: '2024:07:14 23:59:58',
      SubSecTimeOriginal: '0123456',
      OffsetTimeOriginal: '-03:30',
      DateTimeDigitized: '2024:07:15 10:00:00',
      SubSecTimeDigitized: '9',
      DateTime: '2025:01:01 00:00:00',
    })

    expect(found).toEqual({ taken_at: '2024-07-14T23:59:58.012', taken_at_offset: '-03:30' })
  })

  test('falls back to DateTimeDigitized where the original one is missing or impossible', () => {
    const digitized = { DateTimeDigitized: '2024:07:15 10:00:00', OffsetTimeDigitized: '+02:00' }
    const expected = { taken_at: '2024-07-15T10:00:00', taken_at_offset: '+02:00' }

    expect(fromExif(digitized)).toEqual(expected)
    for (const impossible of [
      '0000:00:00 00:00:00',
      '    :  :     :  :  ',
      '1601:01:01 00:00:00',
      '2024:02:30 10:00:00',
    ]) {
      expect(fromExif({ ...digitized, DateTimeOriginal: impossible })).toEqual(expected)
    }
  })

  test('is never when the file was changed', () => {
    expect(fromExif({ DateTime: '2024:07:14 12:00:00' })).toEqual({ taken_at: null, taken_at_offset: null })
  })

  test('keeps the time where only the offset is nonsense', () => {
    const found = fromExif({ DateTimeOriginal: '2024:07:14 12:00:00', OffsetTimeOriginal: '+99:00' })

    expect(found).toEqual({ taken_at: '2024-07-14T12:00:00', taken_at_offset: null })
  })

  test('does not move in the hour that the clocks skip', () => {
    expect(fromExif({ DateTimeOriginal: '2024:03:31 02:30:00' }).taken_at).toBe('2024-03-31T02:30:00')
  })

  test.each([
    ['2024-07-14T12:30', '2024-07-14T12:30:00', null],
    ['2024-07-14T12:30:15.31', '2024-07-14T12:30:15.310', null],
    ['2024-07-14T12:30:15Z', '2024-07-14T12:30:15', '+00:00'],
    ['2024-07-14T12:30:15+0530', '2024-07-14T12:30:15', '+05:30'],
  ])('reads %s of XMP', (text, taken_at, taken_at_offset) => {
    expect(readTakenAt(tags({ embedded: xmpOf({ 'xmp:CreateDate': text }) }))).toEqual({
      taken_at,
      taken_at_offset,
    })
  })

  test('takes the camera before the container, and the container before XMP, the side-car first', () => {
    const exif = texts({ DateTimeDigitized: '2024:01:01 01:00:00' })
    const sidecar = xmpOf({ 'xmp:CreateDate': '2024-03-03T03:00:00' })
    const embedded = xmpOf({ 'exif:DateTimeOriginal': '2024-04-04T04:00:00' })
    const movieDate = '2024-02-02T02:00:00'

    expect(readTakenAt(tags({ exif, embedded, movieDate })).taken_at).toBe('2024-01-01T01:00:00')
    expect(readTakenAt(tags({ sidecar, embedded, movieDate })).taken_at).toBe('2024-02-02T02:00:00')
    expect(readTakenAt(tags({ sidecar, embedded })).taken_at).toBe('2024-03-03T03:00:00')
    expect(readTakenAt(tags({ embedded })).taken_at).toBe('2024-04-04T04:00:00')
  })
})
