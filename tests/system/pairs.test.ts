import { existsSync } from 'node:fs'
import { copyFile, mkdir, mkdtemp, readFile, readdir, stat, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import {
  type ImportCounts,
  type Outcome,
  type SourceFile,
  call,
  groupByName,
  importBackendAt,
  importFiles,
  layEgg,
} from '@imalink/client'
import { type Photo, endpoints } from '@imalink/contract'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import sharp from 'sharp'
import { xmpDocument, xmpLanguages, xmpList } from '../../fixtures/written-words.ts'
import { runImport } from './command-line.ts'
import { type Account, type Installation, startInstallation } from './installation.ts'
import { allPhotos, preview } from './photos-of.ts'

const fixtures = resolve(import.meta.dirname, '../../fixtures/images')
const realImages = process.env.IMALINK_TEST_IMAGES ?? ''
const realPair = ['JPG', 'NEF'].map((ending) => join(realImages, `pairs/DSC_7100.${ending}`))
const haveRealPair = realImages !== '' && realPair.every((path) => existsSync(path))

/** `nikon.nef` of the fixtures is of this shot, and no other RAW there is. */
const SHOT = { takenAt: '2024:01:15 14:30:00', make: 'NIKON CORPORATION', model: 'NIKON ONE' }

let installation: Installation
let account: Account
let folder: string

beforeAll(async () => {
  installation = await startInstallation()
})
afterAll(() => installation.end())

beforeEach(async () => {
  account = await installation.newAccount()
  folder = await mkdtemp(join(installation.place, 'pictures-'))
})

async function jpeg({ takenAt = SHOT.takenAt, width = 600, height = 400 } = {}): Promise<Buffer> {
  return sharp({ create: { width, height, channels: 3, background: '#4080c0' } })
    .withExif({ IFD0: { Make: SHOT.make, Model: SHOT.model }, IFD2: { DateTimeOriginal: takenAt } })
    .jpeg()
    .toBuffer()
}

const putJpeg = async (name: string, looks?: Parameters<typeof jpeg>[0]) =>
  writeFile(join(folder, name), await jpeg(looks))
const putRaw = (name: string, fixture = 'nikon.nef') => copyFile(join(fixtures, fixture), join(folder, name))

interface Run {
  readonly counts: ImportCounts
  readonly byName: Readonly<Record<string, Outcome>>
  readonly statuses: Readonly<Record<string, Outcome['status']>>
  readonly sessionId: number
}

/** Imports what lies in a folder, as any program with the client would. */
async function importFolder({ from = folder, volume = '' } = {}): Promise<Run> {
  const { id: sessionId } = await call(account.server, endpoints.createImportSession, { body: {} })
  const files = await Promise.all((await readdir(from)).map((name) => source(join(from, name), volume)))
  const byName: Record<string, Outcome> = {}
  const counts = await importFiles(groupByName(files), {
    backend: importBackendAt(account.server),
    eggs: installation.layer,
    sessionId,
    coldpreviewSize: 1920,
    jobs: 2,
    signal: AbortSignal.timeout(60_000),
    onOutcome: (outcome) => (byName[outcome.file.filename] = outcome),
  })
  const statuses = Object.fromEntries(Object.entries(byName).map(([name, { status }]) => [name, status]))
  return { counts, byName, statuses, sessionId }
}

async function source(path: string, volume: string): Promise<SourceFile> {
  const { size, mtime } = await stat(path)
  return {
    filename: path.slice(path.lastIndexOf('/') + 1),
    path,
    volume,
    size,
    modifiedAt: mtime.toISOString(),
    read: (signal) => readFile(path, { signal }),
  }
}

const photos = () => allPhotos(account.server)
const namesOf = ({ files = [] }: Photo) => files.map(({ filename }) => filename).sort()

async function onlyPhoto(): Promise<Photo> {
  const [photo, ...others] = await photos()
  if (!photo || others.length > 0) throw new Error(`There are ${others.length + (photo ? 1 : 0)} photos`)
  return photo
}

/** The photo and the bytes of its previews: what a file that joins must not change. */
async function looksOf({ hothash }: Photo) {
  const coldpreview = await preview(account.server, hothash, 'coldpreview')
  return { hothash, coldpreview: coldpreview.toString('base64') }
}

test('a RAW and its JPEG become one photo: previews of the JPEG, and what the RAW says in its record', async () => {
  await putJpeg('IMG_1.JPG')
  await putRaw('img_1.nef')
  const bytes = new Blob([new Uint8Array(await jpeg())])
  const alone = await layEgg(installation.layer, { bytes, filename: 'IMG_1.JPG' }, { coldpreviewSize: null })

  const { statuses, counts, sessionId } = await importFolder()

  expect(statuses).toEqual({ 'IMG_1.JPG': 'created', 'img_1.nef': 'joined' })
  expect(counts).toMatchObject({ done: 2, created: 1, joined: 1, without_egg: 0 })
  const photo = await onlyPhoto()
  expect(photo).toMatchObject({ hothash: alone.hothash, has_raw_companion: true, width: 600, height: 400 })
  expect(photo.files).toMatchObject([
    { filename: 'IMG_1.JPG', file_path: join(folder, 'IMG_1.JPG'), file_format: 'JPEG' },
    {
      filename: 'img_1.nef',
      file_path: join(folder, 'img_1.nef'),
      file_format: 'NEF',
      width: 6000,
      height: 4000,
      metadata: { camera_model: SHOT.model },
    },
  ])
  const session = await call(account.server, endpoints.getImportSession, { params: { id: sessionId } })
  expect(session).toMatchObject({ created_photos: 1, processed_files: 2, failed_files: 0 })
})

test.each([
  ['RAW', () => putJpeg('IMG_1.JPG'), () => putRaw('IMG_1.NEF'), 'IMG_1.NEF'],
  ['JPEG', () => putRaw('IMG_1.NEF'), () => putJpeg('IMG_1.JPG'), 'IMG_1.JPG'],
])('a %s found later joins the photo, and its look stays', async (_kind, putFirst, putLater, later) => {
  await putFirst()
  await importFolder()
  const before = await looksOf(await onlyPhoto())
  await putLater()

  const { byName, counts } = await importFolder()

  expect(byName[later]).toMatchObject({ status: 'joined', hothash: before.hothash })
  expect(counts).toMatchObject({ known: 1, joined: 1, without_egg: 2 })
  const photo = await onlyPhoto()
  expect(await looksOf(photo)).toEqual(before)
  expect(photo.has_raw_companion).toBe(true)
  expect(namesOf(photo)).toEqual(['IMG_1.JPG', 'IMG_1.NEF'])
})

test('repeated, an import of pairs changes nothing and decodes nothing', async () => {
  await putJpeg('IMG_1.JPG')
  await putRaw('IMG_1.NEF')
  await importFolder()
  const before = await photos()
  await installation.core.stop()

  try {
    const { statuses } = await importFolder()

    expect(statuses).toEqual({ 'IMG_1.JPG': 'known', 'IMG_1.NEF': 'known' })
  } finally {
    await installation.core.start()
  }
  expect(await photos()).toEqual(before)
})

test.each([
  ['times', { takenAt: '2024:01:15 14:30:05' }, 'nikon.nef'],
  ['shapes', { width: 400, height: 400 }, 'nikon.nef'],
  ['cameras', {}, 'adobe.dng'],
])(
  'files of one name stay two photos when their %s differ, and the reason is told',
  async (what, looks, raw) => {
    await putJpeg('IMG_1.JPG', looks)
    await importFolder()
    await putRaw('IMG_1.DNG', raw)

    const later = await importFolder()
    account = await installation.newAccount()
    const together = await importFolder()

    for (const { byName, statuses } of [together, later]) {
      expect(statuses['IMG_1.DNG']).toBe('created')
      expect(byName['IMG_1.DNG']?.note).toContain(`their ${what} differ`)
    }
    expect((await photos()).map(namesOf).sort()).toEqual([['IMG_1.DNG'], ['IMG_1.JPG']])
    for (const { has_coldpreview } of await photos()) expect(has_coldpreview).toBe(true)
  },
)

test('a RAW without a picture joins its JPEG and is refused without one', async () => {
  await putJpeg('IMG_1.JPG')
  await putRaw('IMG_1.NEF', 'raw.nef')
  await putRaw('IMG_2.NEF', 'raw.nef')
  await writeFile(join(folder, 'IMG_2.NEF'), 'II*\0', { flag: 'a' })

  const { statuses, byName } = await importFolder()

  expect(statuses).toEqual({ 'IMG_1.JPG': 'created', 'IMG_1.NEF': 'joined', 'IMG_2.NEF': 'refused' })
  expect(byName['IMG_2.NEF']).toMatchObject({ code: 'no_preview_in_raw' })
  expect(await onlyPhoto()).toMatchObject({ has_raw_companion: true })
})

test('what stands in a side-car is the photo’s, whichever of its files it is named after', async () => {
  await putJpeg('IMG_1.JPG')
  await putRaw('IMG_1.NEF')
  await writeFile(join(folder, 'IMG_1.NEF.xmp'), words('Harbour', 4))
  await putJpeg('IMG_2.JPG', { takenAt: '2024:01:16 10:00:00', width: 500 })
  await writeFile(join(folder, 'IMG_2.xmp'), words('Beach', -1))

  const { byName } = await importFolder()

  const [harbour, beach] = (await photos()).sort((a, b) => b.rating - a.rating)
  expect(harbour).toMatchObject({ title: 'Harbour', rating: 4, flag: null })
  expect(harbour?.tags).toMatchObject([{ name: 'sea' }])
  expect(beach).toMatchObject({ title: 'Beach', rating: 0, flag: 'reject' })
  expect(Object.keys(byName).sort()).toEqual(['IMG_1.JPG', 'IMG_1.NEF', 'IMG_2.JPG'])
})

function words(title: string, rating: number): string {
  const elements = xmpLanguages('dc:title', { 'x-default': title }) + xmpList('dc:subject', ['sea'])
  return xmpDocument(elements, ` xmp:Rating="${rating}"`)
}

test('the command line pairs and reads side-cars as every client does', async () => {
  await putJpeg('IMG_1.JPG')
  await putRaw('IMG_1.NEF')
  await writeFile(join(folder, 'IMG_1.NEF.xmp'), words('Harbour', 4))

  const { code, report } = await runImport(installation, account, [folder])

  expect([code, report.done, report.created]).toEqual([0, 2, 1])
  const photo = await onlyPhoto()
  expect(photo).toMatchObject({ title: 'Harbour', rating: 4, has_raw_companion: true })
  expect(namesOf(photo)).toEqual(['IMG_1.JPG', 'IMG_1.NEF'])
})

test('a side-car that is broken or too large costs no photo, and is noted', async () => {
  await putJpeg('IMG_1.JPG')
  await writeFile(join(folder, 'IMG_1.xmp'), '<x:xmpmeta')
  await putJpeg('IMG_2.JPG', { width: 500 })
  await writeFile(join(folder, 'IMG_2.xmp'), Buffer.alloc(1024 * 1024 + 1, ' '))

  const { statuses, byName } = await importFolder()

  expect(statuses).toEqual({ 'IMG_1.JPG': 'created', 'IMG_2.JPG': 'created' })
  expect(byName['IMG_1.JPG']?.note).toContain('sidecar')
  expect(byName['IMG_2.JPG']?.note).toContain('1 MiB')
})

test('the same pair on a second disk is the same photo with four files', async () => {
  await putJpeg('IMG_1.JPG')
  await putRaw('IMG_1.NEF')
  await importFolder({ volume: 'Disk A' })
  const copies = await mkdtemp(join(installation.place, 'copies-'))
  for (const name of ['IMG_1.JPG', 'IMG_1.NEF']) await copyFile(join(folder, name), join(copies, name))

  const { counts } = await importFolder({ from: copies, volume: 'Disk B' })
  await importFolder({ from: copies, volume: 'Disk B' })

  expect(counts).toMatchObject({ known: 2, created: 0 })
  const { files = [] } = await onlyPhoto()
  expect(files.map(({ volume, file_path }) => [volume, file_path])).toEqual([
    ['Disk A', join(folder, 'IMG_1.JPG')],
    ['Disk A', join(folder, 'IMG_1.NEF')],
    ['Disk B', join(copies, 'IMG_1.JPG')],
    ['Disk B', join(copies, 'IMG_1.NEF')],
  ])
})

test('a RAW whose JPEG is in the trash joins it there, and comes back with it', async () => {
  await putJpeg('IMG_1.JPG')
  await importFolder()
  const { id } = await onlyPhoto()
  await call(account.server, endpoints.deletePhoto, { params: { ref: String(id) } })
  await putRaw('IMG_1.NEF')

  const { byName } = await importFolder()

  expect(byName['IMG_1.NEF']).toMatchObject({ status: 'joined', id, in_trash: true })
  expect(await photos()).toEqual([])
  await call(account.server, endpoints.restorePhoto, { params: { ref: String(id) } })
  expect(namesOf(await onlyPhoto())).toEqual(['IMG_1.JPG', 'IMG_1.NEF'])
})

test('files of one name in different folders are different photos', async () => {
  await putJpeg('IMG_1.JPG')
  await importFolder()
  const elsewhere = join(folder, 'elsewhere')
  await mkdir(elsewhere)
  await copyFile(join(fixtures, 'nikon.nef'), join(elsewhere, 'IMG_1.NEF'))

  const { statuses } = await importFolder({ from: elsewhere })

  expect(statuses).toEqual({ 'IMG_1.NEF': 'created' })
  expect(await photos()).toHaveLength(2)
})

test.skipIf(!haveRealPair)(
  'a pair from a camera becomes one photo, together and one after the other',
  async () => {
    const [jpegPath = '', rawPath = ''] = realPair
    for (const path of realPair) await copyFile(path, join(folder, path.slice(-12)))
    const { statuses } = await importFolder()
    const later = await mkdtemp(join(installation.place, 'later-'))
    account = await installation.newAccount()
    await copyFile(rawPath, join(later, 'DSC_7100.NEF'))
    const raw = await importFolder({ from: later })
    await copyFile(jpegPath, join(later, 'DSC_7100.JPG'))
    const rendered = await importFolder({ from: later })

    expect(statuses).toEqual({ 'DSC_7100.JPG': 'created', 'DSC_7100.NEF': 'joined' })
    expect(raw.statuses).toEqual({ 'DSC_7100.NEF': 'created' })
    expect(rendered.statuses).toEqual({ 'DSC_7100.NEF': 'known', 'DSC_7100.JPG': 'joined' })
    expect(await onlyPhoto()).toMatchObject({ has_raw_companion: true, camera_model: 'NIKON D7100' })
  },
)
