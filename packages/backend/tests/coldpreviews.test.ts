import { readdir } from 'node:fs/promises'
import type { Photo } from '@imalink/contract'
import fc from 'fast-check'
import sharp from 'sharp'
import { beforeEach, describe, expect, test } from 'vitest'
import { aJpeg, anEgg, sha256, withColdpreview } from './an-egg.ts'
import { ALICE, BOB, type Reply, testApp } from './test-app.ts'

const app = await testApp()
beforeEach(app.emptyLibrary)

const MIB = 1024 * 1024
const cold = (ref: number | string) => `/api/v1/photos/${ref}/coldpreview`
const large = (words: string) => aJpeg(words, { width: 320, height: 160 })
const photoOf = async (id: number) => (await (await app.as(ALICE)).get(`/api/v1/photos/${id}`)).body as Photo

function aForm(bytes: Buffer, name = 'file'): FormData {
  const form = new FormData()
  form.set(name, new Blob([new Uint8Array(bytes)], { type: 'image/jpeg' }), 'preview.jpg')
  return form
}

describe('a coldpreview that is sent', () => {
  test.each([
    ['as the whole body', (bytes: Buffer) => bytes],
    ['in a form', (bytes: Buffer) => aForm(bytes)],
  ])('%s is kept, and told of in the photo', async (_way, packed) => {
    const alice = await app.as(ALICE)
    const { id, hothash } = await alice.create(anEgg())
    const picture = large('sent later')

    const reply = await alice.upload(cold(id), packed(picture))

    const url = `/api/v1/photos/${hothash}/coldpreview?v=${sha256(picture).slice(0, 16)}`
    expect(reply).toMatchObject({
      status: 200,
      body: {
        hothash,
        coldpreview_url: url,
        sha256: sha256(picture),
        width: 320,
        height: 160,
        size_bytes: picture.length,
      },
    })
    expect((await alice.get(url)).bytes).toEqual(picture)
    expect(await photoOf(id)).toMatchObject({ has_coldpreview: true, coldpreview_url: url })
  })

  test('stands for the one that was there, under an address of its own', async () => {
    const alice = await app.as(ALICE)
    const before = withColdpreview(anEgg())
    const { id, hothash } = await alice.create(before)
    const former = await photoOf(id)
    const picture = large('another')

    await alice.upload(cold(hothash), picture)

    const now = await photoOf(id)
    expect((await alice.get(cold(id))).bytes).toEqual(picture)
    expect(now.coldpreview_url).not.toBe(former.coldpreview_url)
    expect(now.updated_at >= former.updated_at).toBe(true)
    const old = await alice.get(former.coldpreview_url ?? '')
    expect([old.bytes.equals(picture), old.headers.get('cache-control')]).toEqual([true, 'private, no-cache'])
  })

  test('leaves the other photos of the same picture as they are', async () => {
    const [alice, bob] = [await app.as(ALICE), await app.as(BOB)]
    const egg = withColdpreview(anEgg({ visibility: 'public' }))
    const [hers, his] = [await alice.create(egg), await bob.create(egg)]

    await alice.upload(cold(hers.id), large('hers alone'))

    const kept = Buffer.from(egg.coldpreview_base64, 'base64')
    expect((await bob.get(cold(his.id))).bytes).toEqual(kept)
    expect((await bob.get(cold(egg.hothash))).bytes).toEqual(kept)
  })

  test('is one of those that were sent, when several are sent at once', async () => {
    const alice = await app.as(ALICE)
    const { id } = await alice.create(anEgg())
    const pictures = Array.from({ length: 8 }, (_, number) => large(`number ${number}`))

    const replies = await Promise.all(pictures.map((picture) => alice.upload(cold(id), picture)))

    expect(replies.map(({ status }) => status)).toEqual(pictures.map(() => 200))
    const { bytes } = await alice.get(cold(id))
    expect(pictures.filter((picture) => picture.equals(bytes))).toHaveLength(1)
  })
})

/** Noise hides no pattern that a JPEG could save space with. */
async function noise(side: number): Promise<Buffer> {
  const bytes = Buffer.alloc(side * side)
  for (let at = 0, seed = 1; at < bytes.length; at++) {
    seed = (seed * 48271) % 2147483647
    bytes[at] = seed & 255
  }
  return sharp(bytes, { raw: { width: side, height: side, channels: 1 } })
    .jpeg({ quality: 100 })
    .toBuffer()
}

describe('an upload is refused, and nothing is kept of it,', () => {
  const whole = large('whole')
  const extra = aForm(whole)
  extra.set('title', 'of the photo')
  const two = aForm(whole)
  two.append('file', new Blob([new Uint8Array(whole)]), 'b.jpg')

  test.each<[string, Buffer | FormData, number, string]>([
    ['that is no JPEG', Buffer.from('\x89PNG'), 422, 'invalid_coldpreview'],
    ['that is empty', Buffer.alloc(0), 422, 'invalid_coldpreview'],
    ['that is cut short', whole.subarray(0, whole.length - 2), 422, 'invalid_coldpreview'],
    ['that is no JPEG in a form', aForm(Buffer.from('GIF89a')), 422, 'invalid_coldpreview'],
    ['in a form without a file', new FormData(), 422, 'validation_failed'],
    ['under another name', aForm(whole, 'picture'), 422, 'unknown_field'],
    ['with another field', extra, 422, 'unknown_field'],
    ['twice', two, 422, 'unknown_field'],
    ['over 4 MiB', Buffer.concat([whole, Buffer.alloc(4 * MIB)]), 413, 'coldpreview_too_large'],
    [
      'over 4 MiB in a form',
      aForm(Buffer.concat([whole, Buffer.alloc(4 * MIB)])),
      413,
      'coldpreview_too_large',
    ],
    ['far over 4 MiB', Buffer.alloc(5 * MIB), 413, 'body_too_large'],
    ['far over 4 MiB in a form', aForm(Buffer.alloc(9 * MIB)), 413, 'coldpreview_too_large'],
  ])('%s', async (_what, body, status, code) => {
    const alice = await app.as(ALICE)
    const { id } = await alice.create(anEgg())
    const before = await storedFiles()

    const reply = await alice.upload(cold(id), body)

    expect(reply).toMatchObject({ status, body: { code } })
    expect(await photoOf(id)).toMatchObject({ has_coldpreview: false })
    expect(await storedFiles()).toEqual(before)
  })

  test.each(['application/json', 'image/png', 'application/octet-stream', 'multipart/mixed'])(
    'of the media type %s',
    async (type) => {
      const alice = await app.as(ALICE)
      const { id } = await alice.create(anEgg())

      const reply = await alice.upload(cold(id), whole, { 'content-type': type })

      expect(reply).toMatchObject({ status: 415, body: { code: 'unsupported_media_type' } })
    },
  )

  test.each([
    ['without a boundary', 'multipart/form-data', ''],
    [
      'that is cut short',
      'multipart/form-data; boundary=x',
      '--x\r\nContent-Disposition: form-data; name="file"; fi',
    ],
    [
      'that ends in its file',
      'multipart/form-data; boundary=x',
      '--x\r\nContent-Disposition: form-data; name="file"; filename="a.jpg"\r\n\r\nabc',
    ],
    ['that is something else', 'multipart/form-data; boundary=x', 'nothing of the kind'],
  ])('in a form %s', async (_what, type, body) => {
    const alice = await app.as(ALICE)
    const { id } = await alice.create(anEgg())

    const reply = await alice.upload(cold(id), Buffer.from(body), { 'content-type': type })

    expect([400, 422]).toContain(reply.status)
    expect(await photoOf(id)).toMatchObject({ has_coldpreview: false })
  })

  test('and no form of any bytes ends the server or is waited for', async () => {
    const alice = await app.as(ALICE)
    const { id } = await alice.create(anEgg())
    const head = '--x\r\nContent-Disposition: form-data; name="file"; filename="a.jpg"\r\n\r\n'
    const form = Buffer.concat([Buffer.from(head), whole, Buffer.from('\r\n--x--\r\n')])
    const change = fc.record({
      at: fc.nat(form.length - 1),
      drop: fc.nat(20),
      put: fc.oneof(fc.uint8Array({ maxLength: 20 }), fc.constantFrom('--x', '\r\n', '\r\n\r\n', '--', '\0')),
    })

    await fc.assert(
      fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 4 }), async (changes) => {
        let body: Buffer = form
        for (const { at, drop, put } of changes)
          body = Buffer.concat([body.subarray(0, at), Buffer.from(put), body.subarray(at + drop)])

        const reply = await alice.upload(cold(id), body, {
          'content-type': 'multipart/form-data; boundary=x',
        })

        expect([200, 400, 413, 422]).toContain(reply.status)
      }),
      { numRuns: 150 },
    )
  })

  test('of a hair over 4 MiB, and one of a hair less is kept', async () => {
    const alice = await app.as(ALICE)
    const { id } = await alice.create(anEgg())
    const picture = await noise(1800)
    const padded = (size: number) => Buffer.concat([picture, Buffer.alloc(size - picture.length)])

    const statuses: number[] = []
    for (const size of [4 * MIB, 4 * MIB + 1])
      for (const body of [padded(size), aForm(padded(size))])
        statuses.push((await alice.upload(cold(id), body)).status)

    expect(picture.length).toBeGreaterThan(3 * MIB)
    expect(statuses).toEqual([200, 200, 413, 413])
    expect((await alice.get(cold(id))).bytes).toEqual(picture)
  })
})

async function storedFiles(): Promise<string[]> {
  return (await readdir(app.config.previewsFolder, { recursive: true })).sort()
}

describe('taking a coldpreview away', () => {
  test('leaves the photo without one', async () => {
    const alice = await app.as(ALICE)
    const { id } = await alice.create(withColdpreview(anEgg()))

    const replies: Reply[] = [
      await alice.delete(cold(id)),
      await alice.get(cold(id)),
      await alice.delete(cold(id)),
    ]

    expect(replies.map(({ status }) => status)).toEqual([204, 404, 404])
    expect(replies[2]?.body).toMatchObject({ code: 'preview_not_found' })
    expect(await photoOf(id)).toMatchObject({ has_coldpreview: false, coldpreview_url: null })
  })

  test('leaves it to the other photos that have the same', async () => {
    const [alice, bob] = [await app.as(ALICE), await app.as(BOB)]
    const [hers, his] = [withColdpreview(anEgg(), 'shared'), withColdpreview(anEgg(), 'shared')]
    const [{ id }, other] = [await alice.create(hers), await bob.create(his)]

    await alice.delete(cold(id))

    expect((await bob.get(cold(other.id))).status).toBe(200)
  })
})

test.each([
  ['hidden', 'private', 404, 'photo_not_found'],
  ['visible', 'public', 403, 'not_yours'],
] as const)('a %s photo of somebody else keeps its coldpreview', async (_what, visibility, status, code) => {
  const [alice, bob] = [await app.as(ALICE), await app.as(BOB)]
  const egg = withColdpreview(anEgg({ visibility }))
  const { id, hothash } = await alice.create(egg)

  for (const ref of [id, hothash]) {
    const replies = [await bob.upload(cold(ref), large('his')), await bob.delete(cold(ref))]
    for (const reply of replies) expect(reply).toMatchObject({ status, body: { code } })
  }

  expect((await alice.get(cold(id))).bytes).toEqual(Buffer.from(egg.coldpreview_base64, 'base64'))
})

test('a photo in the trash is left as it is', async () => {
  const alice = await app.as(ALICE)
  const { id } = await alice.create(withColdpreview(anEgg()))
  await alice.delete(`/api/v1/photos/${id}`)

  const replies = [await alice.upload(cold(id), large('too late')), await alice.delete(cold(id))]

  for (const reply of replies) expect(reply).toMatchObject({ status: 404, body: { code: 'photo_not_found' } })
  expect((await alice.get(cold(id))).status).toBe(200)
})
