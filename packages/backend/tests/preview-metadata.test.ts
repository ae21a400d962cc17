import sharp from 'sharp'
import { beforeEach, describe, expect, test } from 'vitest'
import { anEgg, sha256 } from './an-egg.ts'
import { ALICE, testApp } from './test-app.ts'

const app = await testApp()
beforeEach(app.emptyLibrary)

const SECRET = 'serial number 4711 of somebody'
const cold = (ref: number | string) => `/api/v1/photos/${ref}/coldpreview`

const picture = () =>
  sharp({
    create: {
      width: 120,
      height: 80,
      channels: 3,
      background: '#468',
      noise: { type: 'gaussian', mean: 128, sigma: 30 },
    },
  })
const spoiled = {
  EXIF: await picture()
    .withExif({ IFD0: { Copyright: SECRET } })
    .jpeg()
    .toBuffer(),
  XMP: await picture().withXmp(`<x:xmpmeta xmlns:x="adobe:ns:meta/">${SECRET}</x:xmpmeta>`).jpeg().toBuffer(),
  'a comment': withSegment(await picture().jpeg().toBuffer(), 0xfe, SECRET),
  IPTC: withSegment(await picture().jpeg().toBuffer(), 0xed, `Photoshop 3.0\0${SECRET}`),
  'a tail': Buffer.concat([await picture().jpeg().toBuffer(), Buffer.from(SECRET)]),
}

function withSegment(jpeg: Buffer, marker: number, content: string): Buffer {
  const head = Buffer.from([0xff, marker, 0, content.length + 2])
  return Buffer.concat([jpeg.subarray(0, 2), head, Buffer.from(content), jpeg.subarray(2)])
}

const pixelsOf = (jpeg: Buffer) => sharp(jpeg).raw().toBuffer()

function eggWith(previews: { hotpreview?: Buffer; coldpreview?: Buffer }) {
  const { hotpreview, coldpreview } = previews
  return anEgg({
    ...(hotpreview ? { hotpreview_base64: hotpreview.toString('base64'), hothash: sha256(hotpreview) } : {}),
    ...(coldpreview ? { coldpreview_base64: coldpreview.toString('base64') } : {}),
  })
}

describe.each(Object.entries(spoiled))('a preview with %s', (_what, jpeg) => {
  test('is cleaned as a coldpreview in an egg, to the same pixels', async () => {
    const alice = await app.as(ALICE)

    const { id } = await alice.create(eggWith({ coldpreview: jpeg }))

    await expectClean(id)
  })

  test('is cleaned as a coldpreview that is sent later, to the same pixels', async () => {
    const alice = await app.as(ALICE)
    const { id } = await alice.create(anEgg())

    const reply = await alice.upload(cold(id), jpeg)

    const { bytes } = await alice.get(cold(id))
    expect(reply.body).toMatchObject({ sha256: sha256(bytes), size_bytes: bytes.length })
    await expectClean(id)
  })

  test('is refused as a hotpreview, whose bytes are the photo’s name', async () => {
    const alice = await app.as(ALICE)
    const egg = eggWith({ hotpreview: jpeg })

    const reply = await alice.post('/api/v1/photos/photoegg', egg)
    const batch = await alice.post('/api/v1/photos/photoegg/batch', { photos: [egg, anEgg()] })

    expect(reply).toMatchObject({ status: 422, body: { code: 'preview_has_metadata' } })
    expect(batch.body).toMatchObject({
      created: 1,
      results: [{ status: 'failed', error: { code: 'preview_has_metadata' } }, { status: 'created' }],
    })
    expect((await alice.get(`/api/v1/photos/${egg.hothash}`)).status).toBe(404)
  })

  async function expectClean(id: number): Promise<void> {
    const { bytes } = await (await app.as(ALICE)).get(cold(id))
    expect(jpeg.includes(SECRET)).toBe(true)
    expect(bytes.includes(SECRET)).toBe(false)
    expect(await pixelsOf(bytes)).toEqual(await pixelsOf(jpeg))
    const { exif, xmp, iptc, orientation } = await sharp(bytes).metadata()
    expect([exif, xmp, iptc, orientation]).toEqual([undefined, undefined, undefined, undefined])
  }
})

test('a coldpreview that only its EXIF turns upright is refused, because cutting it would turn the picture', async () => {
  const alice = await app.as(ALICE)
  const { id } = await alice.create(anEgg())
  const turned = await picture().withMetadata({ orientation: 6 }).jpeg().toBuffer()
  const upright = await picture().withMetadata({ orientation: 1 }).jpeg().toBuffer()

  const [refused, kept] = [await alice.upload(cold(id), turned), await alice.upload(cold(id), upright)]

  expect(refused).toMatchObject({ status: 422, body: { code: 'preview_has_metadata' } })
  expect(kept.status).toBe(200)
})
