import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { readMovieDate } from './movie-date.ts'

const SECONDS_1904_TO_1970 = 2_082_844_800

function box(type: string, body: Buffer): Buffer {
  const head = Buffer.alloc(8)
  head.writeUInt32BE(body.length + 8)
  head.write(type, 4, 'latin1')
  return Buffer.concat([head, body])
}

function movie(seconds: number): Buffer {
  const header = Buffer.alloc(20)
  header.writeUInt32BE(seconds, 4)
  return Buffer.concat([box('ftyp', Buffer.from('msf1')), box('moov', box('mvhd', header))])
}

describe('the date of an image sequence', () => {
  test('is that of the calendar, for every second that its header can hold', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 2 ** 32 - 1 }), (seconds) => {
        const byCalendar = new Date((seconds - SECONDS_1904_TO_1970) * 1000).toISOString().slice(0, 19)

        expect(readMovieDate(movie(seconds))).toBe(byCalendar)
      }),
    )
  })

  test('is null where none is set, or where there is no movie', () => {
    expect(readMovieDate(movie(0))).toBeNull()
    expect(readMovieDate(box('ftyp', Buffer.from('heic')))).toBeNull()
  })
})
