import { type PhotoEgg, newPhoto, photoEgg } from '@imalink/contract'
import fc from 'fast-check'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  withIptc,
  withXmp,
  xmlText,
  xmpDocument,
  xmpLanguages,
  xmpList,
} from '../../../fixtures/written-words.ts'
import { type RunningCore, fixture, readProblem, startCore } from './running-core.ts'

const FILE_BYTES = 3 * 1024 * 1024

let core: RunningCore
let plain: Buffer

beforeAll(async () => {
  core = await startCore({ fileBytes: FILE_BYTES })
  plain = await sharp(fixture('plain.png')).jpeg().toBuffer()
})

afterAll(() => core.close())

const blob = (bytes: Buffer | string) => new Blob([typeof bytes === 'string' ? bytes : new Uint8Array(bytes)])

function send(parts: readonly (readonly [name: string, value: Blob | string])[]): Promise<Response> {
  const form = new FormData()
  for (const [name, value] of parts) {
    if (typeof value === 'string') form.append(name, value)
    else form.append(name, value, name)
  }
  return fetch(`${core.url}/v1/process`, { method: 'POST', body: form })
}

async function eggBeside(sidecar: Buffer | string, file = plain): Promise<PhotoEgg> {
  const reply = await send([
    ['file', blob(file)],
    ['sidecar', blob(sidecar)],
  ])
  if (reply.status !== 200) throw new Error(`Refused: ${await reply.text()}`)
  return photoEgg.parse(await reply.json())
}

const unreadable = [{ field: 'sidecar', reason: expect.stringContaining('could not be read: ') as string }]

describe('a side-car', () => {
  test('of Lightroom is read from its attributes', async () => {
    const egg = await eggBeside(
      xmpDocument(
        xmpList('lr:hierarchicalSubject', ['Places|Norway|Oslo']) + xmpList('dc:subject', ['Oslo', 'snow']),
        ' xmp:Rating="5" xmp:Label="Blue" photoshop:DateCreated="2024-02-03T10:11:12.5+01:00"',
      ),
    )

    expect(egg).toMatchObject({
      rating: 5,
      color_label: 'blue',
      tags: ['places/norway/oslo', 'snow'],
      metadata: { taken_at: '2024-02-03T10:11:12.500', taken_at_offset: '+01:00' },
    })
    expect(egg).not.toHaveProperty('fitted')
  })

  test('of darktable is read from its elements', async () => {
    const egg = await eggBeside(
      xmpDocument(
        xmpList('darktable:colorlabels', ['1'], 'Seq') + xmpList('dc:creator', ['Kari'], 'Seq'),
        ' xmp:Rating="-1" exif:DateTimeOriginal="2024:02:03 10:11:12.250"',
      ),
    )

    expect(egg).toMatchObject({
      flag: 'reject',
      color_label: 'yellow',
      creator: 'Kari',
      metadata: { taken_at: '2024-02-03T10:11:12.250', taken_at_offset: null },
    })
    expect(egg).not.toHaveProperty('rating')
  })

  test('counts before what stands in the file, field by field', async () => {
    const iptc = withIptc(plain, [[120, Buffer.from('The bay')]])
    const file = withXmp(
      iptc,
      xmpDocument(
        xmpLanguages('dc:title', { 'x-default': 'Old title' }) + xmpList('dc:subject', ['old', 'older']),
        ' xmp:Rating="2" xmp:Label="Red" xmpDM:pick="1"',
      ),
    )

    const egg = await eggBeside(
      xmpDocument(
        '<photoshop:Headline>New title</photoshop:Headline>' + xmpList('dc:subject', ['new']),
        ' xmp:Rating="4" xmpDM:pick="0"',
      ),
      file,
    )

    expect(egg).toMatchObject({
      title: 'New title',
      description: 'The bay',
      rating: 4,
      color_label: 'red',
      tags: ['new'],
    })
    expect(egg).not.toHaveProperty('flag')
  })

  test('that rejects counts before stars in the file, and stars before a file that rejects', async () => {
    const rated = (stars: number) => xmpDocument('', ` xmp:Rating="${stars}"`)

    const rejected = await eggBeside(rated(-1), withXmp(plain, rated(3)))
    const kept = await eggBeside(rated(3), withXmp(plain, rated(-1)))

    expect([rejected.rating, rejected.flag]).toEqual([undefined, 'reject'])
    expect([kept.rating, kept.flag]).toEqual([3, undefined])
  })

  test('tells time and place only where the file does not', async () => {
    const sidecar = xmpDocument(
      '',
      ' exif:DateTimeOriginal="2001-01-01T01:01:01" exif:GPSLatitude="59,54.834N" exif:GPSLongitude="10,45.132W" exif:GPSAltitude="125/10" exif:GPSAltitudeRef="1"',
    )

    const silent = await eggBeside(sidecar)
    const telling = await eggBeside(sidecar, fixture('camera.jpg'))

    expect(silent.metadata).toMatchObject({
      taken_at: '2001-01-01T01:01:01',
      gps_latitude: expect.closeTo(59.9139, 5) as number,
      gps_longitude: expect.closeTo(-10.7522, 5) as number,
      gps_altitude: -12.5,
    })
    expect(telling.metadata).toEqual((await core.egg(fixture('camera.jpg'))).metadata)
  })

  test('changes neither the identity nor the previews of its photo', async () => {
    const { title, ...beside } = await eggBeside(
      xmpDocument(xmpLanguages('dc:title', { 'x-default': 'Tide' })),
    )

    expect(title).toBe('Tide')
    expect({ ...beside, primary_filename: 'photo.jpg' }).toEqual(await core.egg(plain))
  })

  test.each(['utf8', 'utf16le', 'latin1'] as const)('is read in %s', async (encoding) => {
    const xmp = xmpDocument('<photoshop:Headline>Fjære</photoshop:Headline>').replace(/^<\?xpacket.*\n/, '')
    const mark = encoding === 'utf16le' ? '\uFEFF' : ''

    expect(await eggBeside(Buffer.from(mark + xmp, encoding))).toMatchObject({ title: 'Fjære' })
  })
})

describe('the part of a form', () => {
  const sidecar = blob(xmpDocument('', ' xmp:Rating="3"'))

  test('may stand anywhere, and be a plain field', async () => {
    const file = ['file', blob(plain)] as const
    const size = ['coldpreview_size', '150'] as const
    const text = ['sidecar', await sidecar.text()] as const
    const orders = [
      [['sidecar', sidecar], size, file],
      [file, ['sidecar', sidecar], size],
      [text, file, size],
    ] as const

    for (const parts of orders) {
      expect(await (await send(parts)).json()).toMatchObject({ rating: 3, coldpreview_width: 64 })
    }
  })

  test('may stand there once', async () => {
    const reply = await send([
      ['file', blob(plain)],
      ['sidecar', sidecar],
      ['sidecar', sidecar],
    ])

    expect(reply.status).toBe(422)
  })

  test('needs its file', async () => {
    const problem = await readProblem(await send([['sidecar', sidecar]]))

    expect(problem).toMatchObject({ code: 'validation_failed', errors: [{ path: 'file' }] })
  })

  test('costs only itself where it is over 1 MiB, and the egg says so', async () => {
    const large = xmpDocument(`<dc:source>${'x'.repeat(1024 * 1024)}</dc:source>`, ' xmp:Rating="3"')

    const egg = await eggBeside(large)

    expect(egg.fitted).toEqual([{ field: 'sidecar', reason: 'could not be read: it is over 1 MiB.' }])
    expect(egg).not.toHaveProperty('rating')
  })

  test('of a megabyte less is read', async () => {
    const large = xmpDocument(`<dc:source>${'x'.repeat(1000 * 1000)}</dc:source>`, ' xmp:Rating="3"')

    expect(await eggBeside(large)).toMatchObject({ rating: 3 })
  })

  test('that goes on and on is cut off at the limit of a file', async () => {
    let sent = 0
    const endless = new ReadableStream({
      start: (controller) =>
        controller.enqueue(
          Buffer.from('--x\r\ncontent-disposition: form-data; name="sidecar"; filename="a"\r\n\r\n'),
        ),
      pull(controller) {
        sent += 65_536
        if (sent > 4 * FILE_BYTES) controller.close()
        else controller.enqueue(Buffer.alloc(65_536, 'x'))
      },
    })
    const init = { method: 'POST', body: endless, duplex: 'half' } as RequestInit
    const headers = { 'content-type': 'multipart/form-data; boundary=x' }

    const response = await fetch(`${core.url}/v1/process`, { ...init, headers })

    expect((await readProblem(response)).code).toBe('file_too_large')
  })
})

describe('a side-car that is no good', () => {
  const body = xmpDocument('<dc:source>&x;</dc:source>', ' xmp:Rating="3"').replace(/<\?xpacket.*?\?>/g, '')
  const laughs = Array.from({ length: 9 }, (_, n) => `<!ENTITY x${n + 1} "${`&x${n};`.repeat(10)}">`).join('')
  const nested = 30_000

  test.each([
    ['is empty', ''],
    ['is no XML', 'These are words.'],
    ['is a picture', fixture('plain.png')],
    ['is another kind of XML', '<svg xmlns="http://www.w3.org/2000/svg"/>'],
    ['is cut off', xmpDocument('', ' xmp:Rating="3"').slice(0, 500)],
    [
      'declares entities that grow',
      `<!DOCTYPE x [<!ENTITY x0 "ha">${laughs}]>${body.replace('&x;', '&x9;')}`,
    ],
    ['names a file', `<!DOCTYPE x [<!ENTITY x SYSTEM "file:///etc/passwd">]>${body}`],
    ['names a server', `<!DOCTYPE x SYSTEM "http://127.0.0.1:1/x.dtd">${body}`],
    ['uses an entity that nobody declares', body],
    ['is nested without end', xmpDocument('<dc:a>'.repeat(nested) + '</dc:a>'.repeat(nested))],
    [
      'is nested without end inside of quotes and comments',
      xmpDocument('<dc:a dc:b="/>"><!-- </dc:a> -->'.repeat(nested / 3)),
    ],
    ['has elements without end', xmpDocument('<dc:a/>'.repeat(nested), ' xmp:Rating="3"')],
    ['never closes anything', '<a '.repeat(200_000)],
    ['never closes a comment', '<a><!--'.repeat(100_000)],
    ['opens nothing', '</a>'.repeat(200_000)],
  ])('because it %s costs only itself, at once, and the egg says so', async (_why, sidecar) => {
    const began = performance.now()

    const egg = await eggBeside(sidecar)

    expect(egg.fitted).toEqual(unreadable)
    expect(egg).not.toHaveProperty('rating')
    expect(performance.now() - began).toBeLessThan(2000)
  })

  test.each([
    ['elements', xmpDocument('<dc:a/>'.repeat(19_000), ' xmp:Rating="3"')],
    ['attributes', xmpDocument('', Array.from({ length: 60_000 }, (_, n) => ` dc:a${n}="1"`).join(''))],
    [
      'items',
      xmpDocument(
        `${xmpList(
          'dc:subject',
          Array.from({ length: 19_000 }, (_, n) => `${n}`),
        )}`,
      ),
    ],
    ['commas', xmpDocument(xmpList('dc:subject', [',\\'.repeat(450_000)]))],
    ['blanks', xmpDocument(`<photoshop:Headline>a${' '.repeat(900_000)}b</photoshop:Headline>`)],
  ])('because it is full of %s is read in bounded time', async (_what, sidecar) => {
    const began = performance.now()

    await eggBeside(sidecar)

    expect(performance.now() - began).toBeLessThan(5000)
  })
})

describe('whatever a side-car says', () => {
  const anyText = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 80 }),
    fc.string({
      unit: fc.constantFrom(',', '\\', '|', '/', ' ', '\t', 'a', 'İ', 'ß', '\u0301', '👩‍👩‍👧'),
      maxLength: 120,
    }),
    fc.constantFrom('', '-1', '6', '1/0', '1e9', 'x'.repeat(300), 'é'.repeat(60), 'constructor', '__proto__'),
  )
  // What XML cannot hold, no side-car can say.
  const xmlOnly = (text: string) =>
    xmlText(text.toWellFormed().replace(/[^\t\n\r\x20-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu, ''))
  const sidecars = fc
    .record({
      title: anyText,
      description: anyText,
      rating: anyText,
      label: anyText,
      pick: anyText,
      tags: fc.array(anyText, { maxLength: 12 }),
      paths: fc.array(anyText, { maxLength: 6 }),
      creators: fc.array(anyText, { maxLength: 3 }),
      date: anyText,
    })
    .map(({ tags, paths, creators, ...texts }) => {
      const one = (name: string, text: string) => `<${name}>${xmlOnly(text)}</${name}>`
      const list = (name: string, items: string[]) =>
        `<${name}><rdf:Bag>${items.map((item) => `<rdf:li>${xmlOnly(item)}</rdf:li>`).join('')}</rdf:Bag></${name}>`
      return xmpDocument(
        one('photoshop:Headline', texts.title) +
          one('dc:description', texts.description) +
          one('xmp:Rating', texts.rating) +
          one('xmp:Label', texts.label) +
          one('xmpDM:pick', texts.pick) +
          one('xmp:CreateDate', texts.date) +
          list('dc:subject', tags) +
          list('lr:hierarchicalSubject', paths) +
          list('dc:creator', creators),
      )
    })

  test('the egg is one that the backend takes, and its tags are as they are kept', async () => {
    await fc.assert(
      fc.asyncProperty(sidecars, async (sidecar) => {
        const egg = await eggBeside(sidecar)

        expect(newPhoto.safeParse(egg).error?.issues ?? []).toEqual([])
        expect(egg.fitted?.filter(({ field }) => field === 'sidecar') ?? []).toEqual([])
        expect(egg.tags).toEqual(egg.tags?.map((tag) => tag.normalize('NFC').trim().toLowerCase()))
        expect(new Set(egg.tags).size).toBe(egg.tags?.length ?? 0)
      }),
      { numRuns: 150 },
    )
  }, 60_000)

  test('damaged at any place, it costs no photo', async () => {
    const whole = Buffer.from(xmpDocument(xmpList('dc:subject', ['sea', 'Bodø']), ' xmp:Rating="3"'))
    const damages = fc.array(fc.tuple(fc.nat(whole.length - 1), fc.nat(255)), { minLength: 1, maxLength: 6 })

    await fc.assert(
      fc.asyncProperty(damages, async (changes) => {
        const damaged = Buffer.from(whole)
        for (const [at, byte] of changes) damaged[at] = byte

        expect(newPhoto.safeParse(await eggBeside(damaged)).success).toBe(true)
      }),
      { numRuns: 150 },
    )
  }, 60_000)
})
