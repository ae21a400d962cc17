import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import type { ImportCounts, ImportOptions, Outcome, SourceFile, SourceGroup } from '../import.ts'
import { groupByName } from './group-by-name.ts'
import { importFiles } from './import-files.ts'
import { ModelBackend, type Scene, modelCore } from '../../tests/model-servers.ts'

let core: Awaited<ReturnType<typeof modelCore>>
let backend: ModelBackend

beforeAll(async () => {
  core = await modelCore()
})
afterAll(() => core.close())

beforeEach(() => {
  backend = new ModelBackend()
  core.asked.length = 0
})

const RAW = { format: 'NEF', shows: 'raw' }
/** A RAW and a JPEG of one shot. */
const PAIR = { 'IMG_1.JPG': { shows: 'jpeg' }, 'IMG_1.NEF': RAW }

type Content = Scene | string | Error

function sourceFile(path: string, content: Content, volume = ''): SourceFile {
  const bytes = new TextEncoder().encode(typeof content === 'string' ? content : JSON.stringify(content))
  return {
    filename: path.slice(path.lastIndexOf('/') + 1),
    path,
    volume,
    size: bytes.byteLength,
    modifiedAt: '2024-06-16T00:00:00.000Z',
    read: () => (content instanceof Error ? Promise.reject(content) : Promise.resolve(bytes)),
  }
}

/** The files of one folder as a scan hands them on; `folder` ends in a slash or is empty. */
function folderOf(folder: string, files: Readonly<Record<string, Content>>, volume = ''): SourceGroup[] {
  return groupByName(
    Object.entries(files).map(([name, content]) => sourceFile(folder + name, content, volume)),
  )
}

async function run(groups: readonly SourceGroup[], options: Partial<ImportOptions> = {}) {
  const outcomes: Outcome[] = []
  const counts: ImportCounts = await importFiles(groups, {
    backend,
    eggs: core.layer,
    sessionId: null,
    coldpreviewSize: 1920,
    jobs: 2,
    pairs: true,
    signal: new AbortController().signal,
    onOutcome: (outcome) => outcomes.push(outcome),
    ...options,
  })
  const ofFile = (name: string) => outcomes.find(({ file }) => file.path.endsWith(name))
  const statuses = Object.fromEntries(outcomes.map(({ file, status }) => [file.path, status]))
  return { outcomes, counts, ofFile, statuses }
}

const filesOf = () => backend.photos.map(({ files }) => files.map(({ file_path }) => file_path))

test('a RAW and a JPEG of one run are one photo with two files, and the JPEG gives the previews', async () => {
  const { statuses, counts } = await run(folderOf('/a/', PAIR))

  expect(statuses).toEqual({ '/a/IMG_1.JPG': 'created', '/a/IMG_1.NEF': 'joined' })
  expect(counts).toMatchObject({ found: 2, done: 2, created: 1, joined: 1, without_egg: 0 })
  expect(filesOf()).toEqual([['/a/IMG_1.JPG', '/a/IMG_1.NEF']])
  expect(backend.photos[0]?.files[1]).toMatchObject({
    file_format: 'NEF',
    metadata: { camera_model: 'Example 1' },
    exif_dict: { from: 'IMG_1.NEF' },
    width: 3000,
    height: 2000,
  })
  expect(core.asked.filter(({ coldpreview }) => coldpreview !== null)).toMatchObject([
    { filename: 'IMG_1.JPG' },
  ])
})

test.each([
  ['RAW', 'IMG_1.JPG', 'IMG_1.NEF'],
  ['JPEG', 'IMG_1.NEF', 'IMG_1.JPG'],
] as const)('a %s found later joins the photo that its partner made', async (_kind, first, later) => {
  await run(folderOf('/a/', { [first]: PAIR[first] }))
  const before = backend.photos[0]?.hothash

  const { statuses, counts, ofFile } = await run(folderOf('/a/', PAIR))

  expect(statuses).toEqual({ [`/a/${first}`]: 'known', [`/a/${later}`]: 'joined' })
  expect(counts).toMatchObject({ known: 1, joined: 1, without_egg: 2 })
  expect(ofFile(later)?.note).toBeTypeOf('string')
  expect(backend.photos.map(({ hothash, files }) => [hothash, files.length])).toEqual([[before, 2]])
})

test.each([
  ['JPEG', 'IMG_1.JPG', 'IMG_1.NEF'],
  ['RAW', 'IMG_1.NEF', 'IMG_1.JPG'],
] as const)('it joins also when its partner, a %s, is no longer there', async (_kind, first, later) => {
  await run(folderOf('/a/', { [first]: PAIR[first] }))

  const { statuses } = await run(folderOf('/a/', { [later]: PAIR[later] }))

  expect(statuses).toEqual({ [`/a/${later}`]: 'joined' })
  expect(filesOf()).toEqual([[`/a/${first}`, `/a/${later}`]])
})

test.each([
  ['their times are further apart than two seconds', { takenAt: '2024-06-15T10:00:03' }],
  ['their shapes differ', { width: 2600 }],
  ['their cameras differ', { camera: 'Other 2' }],
])('they stay two photos when %s, with the reason', async (_why, difference) => {
  const apart = { ...PAIR, 'IMG_1.NEF': { ...RAW, ...difference } }

  const together = await run(folderOf('/a/', apart))
  await run(folderOf('/b/', { 'IMG_1.JPG': { shows: 'b' } }))
  const later = await run(folderOf('/b/', { 'IMG_1.NEF': { ...RAW, ...difference, shows: 'b raw' } }))

  expect(together.statuses).toEqual({ '/a/IMG_1.JPG': 'created', '/a/IMG_1.NEF': 'created' })
  expect(later.statuses).toEqual({ '/b/IMG_1.NEF': 'created' })
  expect(together.ofFile('NEF')?.note).toMatch(/differ/)
  expect(later.ofFile('NEF')?.note).toMatch(/differ/)
  expect(backend.photos).toHaveLength(4)
  const last = new Map(core.asked.map(({ filename, coldpreview }) => [filename, coldpreview]))
  expect(last.get('IMG_1.NEF')).toBe('1920')
})

test.each([
  ['within two seconds', { takenAt: '2024-06-15T10:00:01.500' }],
  ['within the border of the RAW', { width: 3040, height: 2010 }],
  ['without a time', { takenAt: null }],
  ['without a camera', { camera: null }],
])('they are one photo when they agree %s', async (_how, difference) => {
  const { statuses } = await run(folderOf('/a/', { ...PAIR, 'IMG_1.NEF': { ...RAW, ...difference } }))

  expect(statuses['/a/IMG_1.NEF']).toBe('joined')
})

test('a time that a person corrected in the meantime does not keep a file from its partner beside it', async () => {
  await run(folderOf('/a/', { 'IMG_1.JPG': PAIR['IMG_1.JPG'] }))
  for (const { asked } of backend.photos) asked.metadata = { taken_at: '2001-01-01T00:00:00' }

  const { statuses } = await run(folderOf('/a/', PAIR))

  expect(statuses['/a/IMG_1.NEF']).toBe('joined')
})

test('a RAW without a picture in it joins its JPEG, also later, and is refused without one', async () => {
  const blind = { refused: 'no_preview_in_raw', shows: 'blind' } as const
  const together = await run(folderOf('/a/', { ...PAIR, 'IMG_1.NEF': blind }))
  const pairB = { 'IMG_1.JPG': { shows: 'b' }, 'IMG_1.NEF': { ...blind, shows: 'blind b' } }
  await run(folderOf('/b/', { 'IMG_1.JPG': pairB['IMG_1.JPG'] }))
  const later = await run(folderOf('/b/', pairB))
  const alone = await run(folderOf('/c/', { 'IMG_1.NEF': { ...blind, shows: 'blind c' } }))

  expect(together.statuses['/a/IMG_1.NEF']).toBe('joined')
  expect(later.statuses['/b/IMG_1.NEF']).toBe('joined')
  expect(alone.outcomes).toMatchObject([{ status: 'refused', code: 'no_preview_in_raw' }])
  expect(backend.photos[0]?.files[1]).toMatchObject({ file_format: 'NEF' })
})

test('it joins a JPEG that is known to be in without being read, and none that has gone', async () => {
  const blind = { refused: 'no_preview_in_raw', shows: 'blind' } as const
  for (const folder of ['/a/', '/b/']) await run(folderOf(folder, { 'IMG_1.JPG': { shows: folder } }))
  const raw = (folder: string) => folderOf(folder, { 'IMG_1.NEF': { ...blind, shows: `blind ${folder}` } })

  const beside = await run(raw('/a/').map((group) => ({ ...group, settled: ['IMG_1.JPG'] })))
  const without = await run(raw('/b/'))

  expect(beside.statuses).toEqual({ '/a/IMG_1.NEF': 'joined' })
  expect(without.outcomes).toMatchObject([{ status: 'refused', code: 'no_preview_in_raw' }])
  expect(filesOf()).toEqual([['/a/IMG_1.JPG', '/a/IMG_1.NEF'], ['/b/IMG_1.JPG']])
})

test.each([
  ['first', ['/alone/', '/pair/']],
  ['last', ['/pair/', '/alone/']],
])('a copy of it that lies alone costs it nothing, also when that comes %s', async (_when, folders) => {
  const blind = { refused: 'no_preview_in_raw', shows: 'blind' } as const
  const files = { '/alone/': { 'IMG_1.NEF': blind }, '/pair/': { ...PAIR, 'IMG_1.NEF': blind } }

  const { statuses } = await run(
    folders.flatMap((folder) => folderOf(folder, files[folder as keyof typeof files])), // They are its keys.
  )

  expect(statuses['/pair/IMG_1.NEF']).toBe('joined')
  expect(statuses['/pair/IMG_1.JPG']).toBe('created')
})

test('names that are no text are no partners, here or at the backend', async () => {
  const [jpeg, raw] = ['bl\uFFFD.JPG', 'bl\uFFFD.NEF']
  await run(folderOf('/a/', { [jpeg]: { shows: 'another' } }))

  const { statuses } = await run(folderOf('/a/', { [raw]: RAW, 'bl\uFFFD.xmp': 'of a third' }))

  expect(statuses).toEqual({ [`/a/${raw}`]: 'created' })
  expect(core.asked.map(({ sidecar }) => sidecar)).toEqual([null, null])
})

test('a RAW that is damaged is refused alone, and its JPEG comes in', async () => {
  const { statuses, ofFile } = await run(
    folderOf('/a/', { ...PAIR, 'IMG_1.NEF': { refused: 'corrupt_image' } }),
    { sessionId: 7 },
  )

  expect(statuses).toEqual({ '/a/IMG_1.JPG': 'created', '/a/IMG_1.NEF': 'refused' })
  expect(ofFile('NEF')).toMatchObject({ code: 'corrupt_image' })
  expect(backend.errors).toEqual(['corrupt_image'])
})

test.each([
  ['damaged', { refused: 'corrupt_image' } as const],
  ['unreadable', new Error('The disk could not read it')],
])('a RAW whose JPEG is %s comes in alone, with a coldpreview', async (_how, jpeg) => {
  const { statuses } = await run(folderOf('/a/', { ...PAIR, 'IMG_1.JPG': jpeg }))

  expect(statuses).toEqual({ '/a/IMG_1.JPG': 'refused', '/a/IMG_1.NEF': 'created' })
  expect(core.asked.at(-1)).toMatchObject({ filename: 'IMG_1.NEF', coldpreview: '1920' })
})

test('the same pair in two folders is one photo with four files', async () => {
  const { counts } = await run([...folderOf('/a/', PAIR), ...folderOf('/b/', PAIR)])

  expect(filesOf().map((paths) => paths.sort())).toEqual([
    ['/a/IMG_1.JPG', '/a/IMG_1.NEF', '/b/IMG_1.JPG', '/b/IMG_1.NEF'],
  ])
  expect(counts).toMatchObject({ created: 1, joined: 1, duplicates: 2, without_egg: 2 })
})

test('a RAW beside a copy of a JPEG that is in work elsewhere joins the photo of that JPEG', async () => {
  const { statuses } = await run([
    ...folderOf('/a/', { 'IMG_1.JPG': PAIR['IMG_1.JPG'] }),
    ...folderOf('/b/', PAIR),
  ])

  const { '/b/IMG_1.NEF': ofRaw, ...ofJpegs } = statuses
  expect(ofRaw).toBe('joined')
  expect(Object.values(ofJpegs).sort()).toEqual(['created', 'duplicate']) // Which of them comes first is open.
  expect(backend.photos).toHaveLength(1)
})

test('a known file on another disk gets its record, and the next time nothing is asked for it', async () => {
  await run(folderOf('/media/a/', PAIR, 'disk 1'))
  const copied = await run(folderOf('/media/a/', PAIR, 'disk 2'))
  const added = backend.calls.addFile

  const repeated = await run(folderOf('/media/a/', PAIR, 'disk 2'))

  expect(copied.counts).toMatchObject({ known: 2, without_egg: 2 })
  expect(repeated.counts).toMatchObject({ known: 2 })
  expect(backend.photos.map(({ files }) => files.map(({ volume }) => volume))).toEqual([
    ['disk 1', 'disk 1', 'disk 2', 'disk 2'],
  ])
  expect([added, backend.calls.addFile]).toEqual([2, 2])
  expect(core.asked).toHaveLength(2)
})

test('a file that was touched is known, and its record hears of it', async () => {
  const touched = '2025-01-01T00:00:00.000Z'
  await run(folderOf('/a/', PAIR))

  const groups = folderOf('/a/', PAIR).map(({ files, sidecars }) => ({
    files: files.map((file) => ({ ...file, modifiedAt: touched })),
    sidecars,
  }))
  const { counts } = await run(groups)

  expect(counts).toMatchObject({ known: 2, without_egg: 2 })
  expect(backend.photos[0]?.files.map(({ modified_at }) => modified_at)).toEqual([touched, touched])
})

test('a file of the same name on another disk is no partner', async () => {
  await run(folderOf('/media/a/', { 'IMG_1.JPG': PAIR['IMG_1.JPG'] }, 'disk 1'))

  const { statuses } = await run(folderOf('/media/a/', { 'IMG_1.NEF': RAW }, 'disk 2'))

  expect(statuses).toEqual({ '/media/a/IMG_1.NEF': 'created' })
})

test('a partner in the trash takes the file in, and both stay there', async () => {
  await run(folderOf('/a/', { 'IMG_1.JPG': PAIR['IMG_1.JPG'] }))
  for (const photo of backend.photos) photo.in_trash = true

  const { outcomes } = await run(folderOf('/a/', PAIR))

  expect(outcomes.map((outcome) => outcome.status !== 'refused' && outcome.in_trash)).toEqual([true, true])
  expect(backend.photos).toHaveLength(1)
})

test('two files of one name and the same bytes are one photo with two files', async () => {
  const { statuses } = await run(
    folderOf('/a/', { 'IMG_1.JPG': PAIR['IMG_1.JPG'], 'IMG_1.NEF': PAIR['IMG_1.JPG'] }),
  )

  expect(Object.values(statuses).sort()).toEqual(['created', 'duplicate'])
  expect(filesOf().map((paths) => paths.sort())).toEqual([['/a/IMG_1.JPG', '/a/IMG_1.NEF']])
})

test('a JPEG that only has the name of a RAW is a photo of its own', async () => {
  const { statuses } = await run(
    folderOf('/a/', { ...PAIR, 'IMG_1.NEF': { shows: 'other', format: 'JPEG' } }),
  )
  const later = await run(folderOf('/b/', { 'IMG_1.JPG': { shows: 'b' } }))
  const impostor = await run(folderOf('/b/', { 'IMG_1.NEF': { shows: 'c', format: 'JPEG' } }))

  expect(statuses).toEqual({ '/a/IMG_1.JPG': 'created', '/a/IMG_1.NEF': 'created' })
  expect([later, impostor].flatMap(({ outcomes }) => outcomes.map(({ status }) => status))).toEqual([
    'created',
    'created',
  ])
})

test('of a JPEG and a HEIC of one name the JPEG has the RAW, together and one after the other', async () => {
  await run(folderOf('/a/', { ...PAIR, 'IMG_1.HEIC': { shows: 'heic', format: 'HEIC' } }))
  await run(folderOf('/b/', { 'IMG_1.HEIC': { shows: 'b heic', format: 'HEIC' } }))
  await run(folderOf('/b/', { 'IMG_1.JPG': { shows: 'b' } }))

  expect(filesOf().toSorted()).toEqual([
    ['/a/IMG_1.HEIC'],
    ['/a/IMG_1.JPG', '/a/IMG_1.NEF'],
    ['/b/IMG_1.HEIC'],
    ['/b/IMG_1.JPG'],
  ])
})

test.each([
  ['no time', { takenAt: null }, {}],
  ['no picture in their RAW', {}, { refused: 'no_preview_in_raw' }],
] as const)(
  'shots with %s pair with each other, not with earlier ones that had their names',
  async (_what, both, raw) => {
    const shot = (shows: string) =>
      folderOf('/card/', {
        'IMG_1.JPG': { shows, ...both },
        'IMG_1.NEF': { ...RAW, shows: `${shows} raw`, ...both, ...raw },
      })
    await run(shot('first'))

    const { statuses } = await run(shot('second'))

    expect(statuses).toEqual({ '/card/IMG_1.JPG': 'created', '/card/IMG_1.NEF': 'joined' })
    expect(backend.photos.map(({ asked, files }) => [asked.image_files?.length, files.length])).toEqual([
      [2, 2],
      [2, 2],
    ])
  },
)

test('a JPEG does not join a photo whose RAW has given its name to another', async () => {
  const raw = (shows: string) => ({ 'IMG_1.NEF': { ...RAW, shows, takenAt: null } })
  await run(folderOf('/card/', raw('first raw')))

  await run(folderOf('/card/', { ...raw('second raw'), 'IMG_1.JPG': { shows: 'second', takenAt: null } }))

  expect(backend.photos.map(({ files }) => files.length)).toEqual([1, 2])
})

test('a JPEG that was edited in its place is a photo of its own', async () => {
  await run(folderOf('/a/', PAIR))

  const { statuses } = await run(folderOf('/a/', { ...PAIR, 'IMG_1.JPG': { shows: 'edited' } }))

  expect(statuses).toEqual({ '/a/IMG_1.JPG': 'created', '/a/IMG_1.NEF': 'known' })
})

test('a second rendered file of a name stays apart from the pair that is there', async () => {
  await run(folderOf('/a/', PAIR))

  const { statuses } = await run(folderOf('/a/', { 'IMG_1.HEIC': { shows: 'heic', format: 'HEIC' } }))

  expect(statuses).toEqual({ '/a/IMG_1.HEIC': 'created' })
})

test('two RAWs of one name join their JPEG, also when that comes last', async () => {
  const dng = { shows: 'dng', format: 'DNG' }

  await run(folderOf('/a/', { ...PAIR, 'IMG_1.DNG': dng }))
  await run(folderOf('/b/', { 'IMG_1.NEF': { ...RAW, shows: 'b raw' } }))
  await run(
    folderOf('/b/', {
      'IMG_1.NEF': { ...RAW, shows: 'b raw' },
      'IMG_1.DNG': { ...dng, shows: 'b dng' },
      'IMG_1.JPG': { shows: 'b' },
    }),
  )

  expect(filesOf().map((paths) => paths.sort())).toEqual([
    ['/a/IMG_1.DNG', '/a/IMG_1.JPG', '/a/IMG_1.NEF'],
    ['/b/IMG_1.DNG', '/b/IMG_1.JPG', '/b/IMG_1.NEF'],
  ])
})

test('names pair whatever their case and the form of their accents', async () => {
  const composed = 'Caf\u00e9.JPG'
  const decomposed = 'CAFE\u0301.nef'
  const together = await run(folderOf('/a/', { [composed]: { shows: 'a' }, [decomposed]: RAW }))
  await run(folderOf('/b/', { [composed]: { shows: 'b' } }))
  const later = await run(folderOf('/b/', { [decomposed]: { ...RAW, shows: 'b raw' } }))

  expect(together.statuses[`/a/${decomposed}`]).toBe('joined')
  expect(later.statuses[`/b/${decomposed}`]).toBe('joined')
})

test('equal names in different folders never pair', async () => {
  await run(folderOf('/a/', { 'IMG_1.JPG': PAIR['IMG_1.JPG'] }))

  const { statuses } = await run(folderOf('/b/', { 'IMG_1.NEF': RAW }))

  expect(statuses).toEqual({ '/b/IMG_1.NEF': 'created' })
})

test.each(['', 'Pictures/'])(
  'uploads with no more than a relative place (%j) never join each other',
  async (folder) => {
    await run(folderOf(folder, { 'IMG_1.JPG': PAIR['IMG_1.JPG'] }))

    const { statuses } = await run(folderOf(folder, { 'IMG_1.NEF': RAW }))

    expect(statuses).toEqual({ [`${folder}IMG_1.NEF`]: 'created' })
  },
)

test('within one upload they pair, also when the JPEG is known', async () => {
  await run(folderOf('Pictures/', PAIR))
  await run(folderOf('More/', { 'IMG_2.JPG': { shows: '2' } }))

  const { statuses } = await run(
    folderOf('More/', { 'IMG_2.JPG': { shows: '2' }, 'IMG_2.NEF': { ...RAW, shows: '2 raw' } }),
  )

  expect(statuses).toEqual({ 'More/IMG_2.JPG': 'known', 'More/IMG_2.NEF': 'joined' })
  expect(backend.photos).toHaveLength(2)
})

test('nothing pairs when that is not wanted', async () => {
  const { statuses } = await run(folderOf('/a/', PAIR), { pairs: false })
  await run(folderOf('/b/', { 'IMG_1.JPG': { shows: 'b' } }), { pairs: false })
  const later = await run(folderOf('/b/', { 'IMG_1.NEF': { ...RAW, shows: 'b raw' } }), { pairs: false })

  expect([statuses['/a/IMG_1.NEF'], later.statuses['/b/IMG_1.NEF']]).toEqual(['created', 'created'])
})

test('a side-car goes to core with its photo, its own before that of all', async () => {
  await run(folderOf('/a/', { 'IMG_1.JPG': {}, 'IMG_1.xmp': 'for all', 'IMG_1.JPG.xmp': 'its own' }))
  await run(
    folderOf('/b/', { 'IMG_2.JPG': { shows: '2' }, 'IMG_2.XMP': 'for all', 'IMG_3.JPG': { shows: '3' } }),
  )

  expect(Object.fromEntries(core.asked.map(({ filename, sidecar }) => [filename, sidecar]))).toEqual({
    'IMG_1.JPG': 'its own',
    'IMG_2.JPG': 'for all',
    'IMG_3.JPG': null,
  })
})

test.each([
  ['with the JPEG when they are one photo', {}, 'of the RAW', undefined],
  ['alone with the RAW when they are two', { camera: 'Other 2' }, null, 'of the RAW'],
])('the side-car of a RAW counts %s', async (_how, difference, ofJpeg, ofRaw) => {
  await run(
    folderOf('/a/', { ...PAIR, 'IMG_1.NEF': { ...RAW, ...difference }, 'IMG_1.NEF.xmp': 'of the RAW' }),
  )

  const kept = core.asked.filter(({ coldpreview }) => coldpreview !== null)
  const words = Object.fromEntries(kept.map(({ filename, sidecar }) => [filename, sidecar]))
  expect([words['IMG_1.JPG'], words['IMG_1.NEF']]).toEqual([ofJpeg, ofRaw])
})

test('a side-car that is too large or cannot be read is noted and costs nothing', async () => {
  const { ofFile, counts } = await run(
    folderOf('/a/', {
      'IMG_1.JPG': { shows: '1' },
      'IMG_1.xmp': 'x'.repeat(1024 * 1024 + 1),
      'IMG_2.JPG': { shows: '2' },
      'IMG_2.xmp': new Error('You may not read it'),
    }),
  )

  expect(counts).toMatchObject({ created: 2, refused: 0 })
  expect(ofFile('IMG_1.JPG')?.note).toContain('1 MiB')
  expect(ofFile('IMG_2.JPG')?.note).toContain('You may not read it')
})

test('what core had to fit ends in the note', async () => {
  const says = { fitted: [{ field: 'title', reason: 'was cut to 255 characters' }] }

  const { ofFile } = await run(folderOf('/a/', { 'IMG_1.JPG': { says } }))

  expect(ofFile('IMG_1.JPG')?.note).toContain('title')
  expect(backend.photos[0]?.asked).not.toHaveProperty('fitted')
})

test('words of the photographer that the tags of the import leave no room for are named in the note', async () => {
  const says = { tags: Array.from({ length: 200 }, (_, number) => `word ${number}`) }

  const { ofFile } = await run(folderOf('/a/', { 'IMG_1.JPG': { says } }), { tags: ['holiday', '2024'] })

  expect(ofFile('IMG_1.JPG')?.note).toBe('A photo has at most 200 tags; left out: word 198, word 199.')
})

test('tags are added to those of the photographer; creator and visibility are the import’s', async () => {
  const says = { tags: ['sea', 'holiday'], title: 'Beach' }

  await run(folderOf('/a/', { 'IMG_1.JPG': { says } }), {
    tags: ['holiday', '2024'],
    creator: 'Ada',
    visibility: 'public',
  })

  const [photo] = backend.photos
  expect(photo?.asked).toMatchObject({ title: 'Beach', creator: 'Ada', visibility: 'public' })
  expect(photo?.asked.tags?.toSorted()).toEqual(['2024', 'holiday', 'sea'])
})

test('a photo that vanishes before a file joins it costs that file, not the import', async () => {
  await run(folderOf('/a/', PAIR))
  const known = backend.known
  backend.known = async (asked, signal) => {
    const answer = await known(asked, signal)
    backend.photos.splice(0)
    return answer
  }

  const { counts } = await run([
    ...folderOf('/b/', { 'IMG_1.JPG': PAIR['IMG_1.JPG'] }),
    ...folderOf('/c/', { 'IMG_9.JPG': {} }),
  ])

  expect(counts).toMatchObject({ done: 2, created: 1 })
})

test('each original is read once', async () => {
  let reads = 0
  const [group] = folderOf('/a/', { ...PAIR, 'IMG_1.NEF': { ...RAW, camera: 'Other 2' } })
  if (!group) throw new Error('There is a group')
  const counting = group.files.map((file) => ({
    ...file,
    read(signal: AbortSignal) {
      reads++
      return file.read(signal)
    },
  }))

  await run([{ ...group, files: counting }])

  expect(reads).toBe(2)
})
