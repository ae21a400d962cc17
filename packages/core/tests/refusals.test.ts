import { describe, expect, test } from 'vitest'
import { fixture, sharedCore } from './running-core.ts'

const core = sharedCore({ fileBytes: 100_000 })

describe('what core refuses', () => {
  test.each([
    ['empty.jpg', 'not_an_image', 422],
    ['words.jpg', 'not_an_image', 422],
    ['drawing.svg', 'unsupported_format', 415],
    ['page.html.jpg', 'unsupported_format', 415],
    ['document.pdf', 'unsupported_format', 415],
    ['archive.zip', 'unsupported_format', 415],
    ['video.mp4', 'unsupported_format', 415],
    ['photoshop.psd', 'unsupported_format', 415],
    ['12-bit.jpg', 'unsupported_format', 415],
    ['hierarchical.jpg', 'unsupported_format', 415],
    ['float.tif', 'unsupported_format', 415],
    ['tiny.png', 'image_too_small', 422],
    ['huge-claim.bmp', 'image_too_large', 413],
    ['huge-claim.jxl', 'image_too_large', 413],
    ['huge-claim.png', 'image_too_large', 413],
    ['huge-claim.heic', 'image_too_large', 413],
    ['cut-in-half.jpg', 'corrupt_image', 422],
    ['stray-marker.jpg', 'corrupt_image', 422],
    ['zeros-behind.jpg', 'corrupt_image', 422],
    ['header-only.jpg', 'corrupt_image', 422],
    ['cut.png', 'corrupt_image', 422],
    ['flipped.png', 'corrupt_image', 422],
    ['cut.webp', 'corrupt_image', 422],
    ['cut.tif', 'corrupt_image', 422],
    ['cut.gif', 'corrupt_image', 422],
    ['cut.avif', 'corrupt_image', 422],
    ['cut.heic', 'corrupt_image', 422],
    ['cut.bmp', 'corrupt_image', 422],
    ['cut.jxl', 'corrupt_image', 422],
  ])('%s is %s, whatever its name says', async (name, code, status) => {
    expect(await core.refusal(fixture(name), { filename: 'fine.jpg' })).toMatchObject({ code, status })
  })

  test.each([
    ['12-bit.jpg', '12 bits'],
    ['hierarchical.jpg', 'hierarchical'],
    ['float.tif', 'floating-point'],
    ['photoshop.psd', 'Photoshop'],
    ['huge-claim.jxl', '20000 x 20000 pixels'],
  ])('%s is told what is not supported about it', async (name, words) => {
    expect((await core.refusal(fixture(name))).detail).toContain(words)
  })

  test.each(['nef', 'dng', 'cr3', 'raf', 'orf', 'rw2', 'mrw', 'x3f', 'crw'])(
    "a camera's RAW (%s) in which no picture can be found is refused, and says so",
    async (extension) => {
      const refusal = await core.refusal(fixture(`raw.${extension}`))

      expect(refusal).toMatchObject({ code: 'no_preview_in_raw', status: 422 })
      expect(refusal.detail).toContain('RAW')
    },
  )

  test('a file over the limit is refused, and the next one is served', async () => {
    expect(await core.refusal(Buffer.alloc(100_001, 1))).toMatchObject({
      code: 'file_too_large',
      status: 413,
    })
    expect(await core.refusal(Buffer.alloc(5_000_000, 1))).toMatchObject({
      code: 'file_too_large',
      status: 413,
    })
    expect(await core.egg(fixture('plain.png'))).toMatchObject({ width: 64 })
  })

  test('an upload that does not say its size is cut off at the limit', async () => {
    const endless = new ReadableStream({
      start(controller) {
        controller.enqueue(
          Buffer.from('--x\r\ncontent-disposition: form-data; name="file"; filename="a"\r\n\r\n'),
        )
        for (let n = 0; n < 40; n++) controller.enqueue(Buffer.alloc(10_000, 1))
        controller.close()
      },
    })
    const init = { method: 'POST', body: endless, duplex: 'half' } as RequestInit
    const headers = { 'content-type': 'multipart/form-data; boundary=x' }

    const response = await fetch(`${core.url}/v1/process`, { ...init, headers })

    expect(response.status).toBe(413)
  })
})

describe('a form', () => {
  const send = (form: FormData) => fetch(`${core.url}/v1/process`, { method: 'POST', body: form })
  const file = new Blob([new Uint8Array(fixture('plain.png'))])

  test('without a file is refused', async () => {
    const form = new FormData()
    form.set('coldpreview_size', '200')

    const response = await send(form)

    expect(response.status).toBe(422)
    expect(await response.json()).toMatchObject({ code: 'validation_failed', errors: [{ path: 'file' }] })
  })

  test('with a field that does not exist is refused', async () => {
    const form = new FormData()
    form.set('file', file, 'a.png')
    form.set('coldpreview_sise', '200')

    const response = await send(form)

    expect(response.status).toBe(422)
    expect(await response.json()).toMatchObject({ code: 'unknown_field' })
  })

  test('with two files is refused', async () => {
    const form = new FormData()
    form.append('file', file, 'a.png')
    form.append('file', file, 'b.png')

    expect((await send(form)).status).toBe(422)
  })

  test('may name the size before or after the file', async () => {
    const before = new FormData()
    before.set('coldpreview_size', '150')
    before.set('file', file, 'a.png')
    const after = new FormData()
    after.set('file', file, 'a.png')
    after.set('coldpreview_size', '150')

    const eggs = await Promise.all([before, after].map(async (form) => (await send(form)).json()))

    expect(eggs[0]).toMatchObject({ coldpreview_width: 64 })
    expect(eggs[0]).toEqual(eggs[1])
  })

  test('that is cut off is refused', async () => {
    const body = '--x\r\ncontent-disposition: form-data; name="file"; filename="a"\r\n\r\nhalf a fi'
    const headers = { 'content-type': 'multipart/form-data; boundary=x' }

    const response = await fetch(`${core.url}/v1/process`, { method: 'POST', body, headers })

    expect(response.status).toBe(400)
    expect(await response.json()).toMatchObject({ code: 'malformed_request' })
  })

  test.each(['application/json', 'image/jpeg', 'text/plain', 'application/octet-stream'])(
    'is needed: a body of %s is not accepted',
    async (type) => {
      const init = { method: 'POST', body: '{}', headers: { 'content-type': type } }

      const response = await fetch(`${core.url}/v1/process`, init)

      expect(response.status).toBe(415)
      expect(await response.json()).toMatchObject({ code: 'unsupported_media_type' })
    },
  )
})
