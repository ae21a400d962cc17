import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type PhotoEgg, parseWallClock } from '@imalink/contract'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import outcomes from '../../../tests/real-images/outcomes.json' with { type: 'json' }
import { readProblem, sharedCore } from './running-core.ts'

const folder = process.env['IMALINK_TEST_IMAGES'] || null

const text = z.string().nullable()
const number = z.number().nullable()

const truth = z.object({
  path: z.string(),
  kind: z.enum(['ok', 'no-exif', 'corrupt', 'hostile']),
  expected: z.object({
    format: z.string().nullable(),
    display_width: number,
    display_height: number,
    taken_at: text,
    taken_at_offset: text,
    other_dates: z.object({ create_date: text }).nullable(),
    camera_make: text,
    camera_model: text,
    lens_model: z.union([z.string(), z.number()]).nullable(),
    lens_id: z.union([z.string(), z.number()]).nullable(),
    focal_length_mm: number,
    f_number: number,
    iso: number,
    exposure_time_s: number,
    gps_latitude: number,
    gps_longitude: number,
    gps_altitude_m: number,
    gps_in_range: z.boolean().nullable(),
    found_in: z.record(z.string(), z.string()),
  }),
})
type Truth = z.infer<typeof truth>

const files = folder ? readManifest(folder) : []

function readManifest(from: string): Truth[] {
  const manifest: unknown = JSON.parse(readFileSync(join(from, 'manifest.json'), 'utf8'))
  return z.object({ files: z.array(truth) }).parse(manifest).files
}

describe.skipIf(!folder)('real images', () => {
  const core = sharedCore()
  const bytesOf = (path: string) => readFileSync(join(folder ?? '', path))

  test('are all in the table of outcomes, each with its reason', () => {
    const known = new Set(outcomes.map(({ path }) => path))

    expect(files.map(({ path }) => path).filter((path) => !known.has(path))).toEqual([])
    expect(outcomes.filter(({ reason }) => reason.length < 10)).toEqual([])
  })

  test.each(outcomes)('$path: $outcome. $reason', async ({ path, outcome, status }) => {
    const reply = await core.post(bytesOf(path), { filename: 'renamed', coldpreviewSize: 1920 })

    expect(reply.status).toBe(status)
    if (outcome !== 'photo') expect((await readProblem(reply)).code).toBe(outcome)
  })

  const good = files.filter(({ path, kind }) => {
    const outcome = outcomes.find((entry) => entry.path === path)?.outcome
    return (kind === 'ok' || kind === 'no-exif') && outcome !== 'unsupported_format'
  })

  test.each(good)('$path becomes a photo with everything that it says', async ({ path, expected }) => {
    const egg = await core.egg(bytesOf(path))

    expect(summaryOf(egg)).toEqual(expectedSummary(expected, egg))
    expect(nearlyEqual(egg.metadata.gps_latitude, place(expected, expected.gps_latitude), 0.000_01)).toBe(
      true,
    )
    expect(nearlyEqual(egg.metadata.gps_longitude, place(expected, expected.gps_longitude), 0.000_01)).toBe(
      true,
    )
    expect(nearlyEqual(egg.metadata.gps_altitude, expected.gps_altitude_m, 0.1)).toBe(true)
    const exposure = inExif(expected, 'exposure_time', expected.exposure_time_s)
    expect(nearlyEqual(secondsOf(egg), exposure, (exposure ?? 0) * 0.1)).toBe(true)
    expect(nearlyEqual(egg.metadata.iso, expected.iso, 0.5)).toBe(true)
    for (const [seen, wanted, name] of [
      [egg.metadata.focal_length, expected.focal_length_mm, 'focal_length_mm'],
      [egg.metadata.f_number, expected.f_number, 'f_number'],
    ] as const) {
      expect([name, nearlyEqual(seen, inExif(expected, name, wanted), 0.01)]).toEqual([name, true])
    }
  })

  const hostile = files.filter(({ path, kind }) => {
    return kind === 'hostile' && outcomes.find((entry) => entry.path === path)?.outcome === 'photo'
  })

  test.each(hostile)('$path comes in, with nothing impossible in its metadata', async ({ path }) => {
    const { metadata, exif_dict } = await core.egg(bytesOf(path))

    expect(metadata.taken_at === null || parseWallClock(metadata.taken_at ?? '') !== null).toBe(true)
    expect(JSON.stringify({ metadata, exif_dict })).not.toMatch(/\\u00[01]|\\u007f|\\ud[89a-f]/i)
    expect(Buffer.byteLength(JSON.stringify(exif_dict))).toBeLessThanOrEqual(256 * 1024)
  })

  test('keep their hothash whether a coldpreview is made or not, and whatever else is being done', async () => {
    const paths = good.map(({ path }) => path).slice(0, 40)

    const alone: string[] = []
    for (const path of paths) alone.push((await core.egg(bytesOf(path))).hothash)
    const together = await Promise.all(paths.map((path) => core.egg(bytesOf(path), { coldpreviewSize: 700 })))

    expect(together.map(({ hothash }) => hothash)).toEqual(alone)
  }, 180_000)
})

/** What has to be equal to the letter. */
function summaryOf({ width, height, metadata }: PhotoEgg) {
  const { taken_at, taken_at_offset, camera_make, camera_model, lens_model } = metadata
  return {
    width,
    height,
    taken_at: toSeconds(taken_at),
    taken_at_offset,
    camera_make,
    camera_model,
    lens_model,
  }
}

function expectedSummary(expected: Truth['expected'], egg: PhotoEgg) {
  return {
    width: expected.display_width,
    height: expected.display_height,
    taken_at: expectedTakenAt(expected),
    taken_at_offset: expected.taken_at_offset,
    camera_make: expected.camera_make,
    camera_model: expected.camera_model,
    lens_model: expected.lens_model?.toString() ?? lensOfItsRange(expected, egg),
  }
}

/** Where EXIF names no lens, core says what the maker's notes or XMP tell: the range that exiftool's own name has. */
function lensOfItsRange({ lens_id }: Truth['expected'], { metadata }: PhotoEgg): string | null {
  const rangeOf = (lens: unknown) => /([\d.]+)(?:-([\d.]+))? ?mm/.exec(String(lens))?.slice(1) ?? []
  const [seen, wanted] = [metadata.lens_model, lens_id].map((lens) =>
    rangeOf(lens).map((millimetres) => Math.round(Number(millimetres))),
  )
  return seen?.length && seen.join() === wanted?.join() ? (metadata.lens_model ?? null) : null
}

function toSeconds(time: string | null | undefined): string | null {
  return time?.slice(0, 19) ?? null
}

/** The first possible one of DateTimeOriginal and CreateDate, which exiftool writes with colons. */
function expectedTakenAt({ taken_at, other_dates }: Truth['expected']): string | null {
  const created = other_dates?.create_date?.slice(0, 19).replace(/^(\d+):(\d+):(\d+) /, '$1-$2-$3T') ?? null
  return [taken_at, created].find((time) => time !== null && parseWallClock(time) !== null) ?? null
}

/** A value that exiftool took from maker notes or computed is not core's to know yet; a CRW has nothing else. */
function inExif<T>({ found_in, format }: Truth['expected'], field: string, value: T): T | null {
  const group = found_in[field]
  return group === undefined ||
    format === 'CRW' ||
    ['ExifIFD', 'IFD0', 'GPS', 'XMP'].some((name) => group.startsWith(name))
    ? value
    : null
}

function place({ gps_in_range }: Truth['expected'], degrees: number | null): number | null {
  return gps_in_range === false ? null : degrees
}

function secondsOf({ metadata }: PhotoEgg): number | null {
  const [top = '', bottom = '1'] = metadata.exposure_time?.split('/') ?? []
  return top === '' ? null : Number(top) / Number(bottom)
}

function nearlyEqual(seen: number | null | undefined, wanted: number | null, tolerance: number): boolean {
  if (wanted === null || seen === null || seen === undefined) return (seen ?? null) === wanted
  return Math.abs(seen - wanted) <= tolerance
}
