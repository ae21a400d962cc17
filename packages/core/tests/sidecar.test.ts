import { describe, expect, test } from 'vitest'
import { withIptc, withXmp, xmpDocument, xmpLanguages, xmpList } from '../../../fixtures/written-words.ts'
import { blobOf, fixture, plainJpeg, readProblem, sharedCore } from './running-core.ts'

const FILE_BYTES = 3 * 1024 * 1024

const core = sharedCore({ fileBytes: FILE_BYTES })
const plain = await plainJpeg()

const eggBeside = (sidecar: Buffer | string, file = plain) => core.egg(file, { sidecar })

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
    expect(beside).toEqual(await core.egg(plain))
  })

  test.each(['utf8', 'utf16le', 'latin1'] as const)('is read in %s', async (encoding) => {
    const xmp = xmpDocument('<photoshop:Headline>Fjære</photoshop:Headline>').replace(/^<\?xpacket.*\n/, '')
    const mark = encoding === 'utf16le' ? '\uFEFF' : ''

    expect(await eggBeside(Buffer.from(mark + xmp, encoding))).toMatchObject({ title: 'Fjære' })
  })
})

describe('the part of a form', () => {
  const sidecar = blobOf(xmpDocument('', ' xmp:Rating="3"'))

  function send(parts: readonly (readonly [name: string, value: Blob | string])[]): Promise<Response> {
    const form = new FormData()
    for (const [name, value] of parts) {
      if (typeof value === 'string') form.append(name, value)
      else form.append(name, value, name)
    }
    return fetch(`${core.url}/v1/process`, { method: 'POST', body: form })
  }

  test('may stand anywhere, and be a plain field', async () => {
    const file = ['file', blobOf(plain)] as const
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
      ['file', blobOf(plain)],
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
