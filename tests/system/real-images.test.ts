import { openAsBlob } from 'node:fs'
import { basename, join, relative } from 'node:path'
import { ApiError, layEgg } from '@imalink/client'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  differences,
  expectedOutcomes,
  expectedTime,
  imagesFolder,
  realImages,
} from '../real-images/manifest.ts'
import { type ImportEnd, runImport } from './command-line.ts'
import { type Account, type Installation, startInstallation } from './installation.ts'
import { allPhotos, countsOf, timelineCounts } from './photos-of.ts'

const folder = imagesFolder ?? ''
const outcomes = expectedOutcomes()

/**
 * EXIF text that is no valid UTF-8 or is full of control characters is read in more than one honest way; the file is
 * there for what it must not do.
 */
const TEXT_IS_BROKEN = new Set(['hostile/exif-invalid-utf8-control.jpg'])

describe.skipIf(imagesFolder === null)('real and hostile images (IMALINK_TEST_IMAGES)', () => {
  const images = imagesFolder === null ? [] : realImages(folder)
  let installation: Installation
  let account: Account
  let first: ImportEnd

  beforeAll(async () => {
    installation = await startInstallation()
    account = await installation.newAccount()
    first = await runImport(
      installation,
      account,
      images.map(({ path }) => join(folder, path)),
    )
  }, 300_000)
  afterAll(() => installation.end())

  const imported = (end: ImportEnd) =>
    Object.fromEntries(
      end.files.map(({ path, status, code }) => [
        relative(folder, path),
        status === 'refused' ? code : 'photo',
      ]),
    )
  const created = () => first.files.filter(({ status }) => status === 'created')

  test('the table says of every file what becomes of it, and why', () => {
    expect(Object.keys(outcomes).sort()).toEqual(images.map(({ path }) => path).sort())
    expect(Object.values(outcomes).every(({ reason }) => reason.length > 5)).toBe(true)
  })

  test('every whole picture in a supported format is in the table as a photo', () => {
    const refusedWhole = images
      .filter(({ kind, path }) => ['ok', 'no-exif'].includes(kind) && outcomes[path]?.outcome !== 'photo')
      .map(({ path }) => path)

    expect(refusedWhole).toEqual([])
  })

  test.each(images)('$path is what the table and the manifest say', async (image) => {
    const bytes = await openAsBlob(join(folder, image.path))
    const sent = layEgg(
      installation.layer,
      { bytes, filename: basename(image.path) },
      { coldpreviewSize: 1920 },
    )
    const answer = await sent.then(
      (egg) => ({ outcome: 'photo', status: 200, egg }),
      (error: unknown) => {
        if (!(error instanceof ApiError)) throw error
        return { outcome: error.code, status: error.status, egg: null }
      },
    )

    expect({ outcome: answer.outcome, status: answer.status }).toEqual({
      outcome: outcomes[image.path]?.outcome,
      status: outcomes[image.path]?.status,
    })
    if (answer.egg === null || TEXT_IS_BROKEN.has(image.path)) return
    expect(differences(image, { ...answer.egg, ...answer.egg.metadata })).toEqual([])
  })

  test('an import goes on to the end and treats every file as the table says', () => {
    const wanted = Object.fromEntries(Object.entries(outcomes).map(([path, { outcome }]) => [path, outcome]))

    expect(imported(first)).toEqual(wanted)
    expect(first.code).toBe(3)
    expect(first.report).toMatchObject({ status: 'completed', done: images.length })
  })

  test('every new photo has the size, time, camera and place that the manifest says', async () => {
    const photos = new Map((await allPhotos(account.server)).map((photo) => [photo.hothash, photo]))
    const byPath = new Map(images.map((image) => [image.path, image]))
    const alone = created().filter(
      ({ path, hothash }) =>
        first.files.filter((file) => file.hothash === hothash).length === 1 &&
        !TEXT_IS_BROKEN.has(relative(folder, path)),
    )

    const wrong = alone.flatMap(({ path, hothash }) => {
      const [image, photo] = [byPath.get(relative(folder, path)), photos.get(hothash ?? '')]
      if (!image || !photo) return [`${path} is no photo`]
      return differences(image, photo).map((difference) => `${image.path}: ${difference}`)
    })

    expect(wrong).toEqual([])
    expect(alone.length).toBeGreaterThan(50)
    expect(photos.size).toBe(created().length)
  })

  test('the timeline counts the photos of the table by the times of the manifest', async () => {
    const times = (await allPhotos(account.server)).map(({ taken_at, files = [] }) => {
      // Several files may show the same picture: then the time is that of one of them.
      const sources = images.filter(({ path }) => files.some((file) => file.file_path === join(folder, path)))
      const possible = sources.map(expectedTime)
      return possible.find((time) => time === (taken_at?.slice(0, 19) ?? null)) ?? possible[0] ?? null
    })

    expect(await timelineCounts(account.server)).toEqual(countsOf(times))
    expect(times.length).toBe(created().length)
  })

  test('a second run creates nothing', async () => {
    const before = await allPhotos(account.server)

    const again = await runImport(
      installation,
      account,
      images.map(({ path }) => join(folder, path)),
    )

    expect(again.report).toMatchObject({ created: 0, duplicates: 0 })
    expect(await allPhotos(account.server)).toEqual(before)
  })
})
