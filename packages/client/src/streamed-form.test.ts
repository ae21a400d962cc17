import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type FormPart, streamedForm } from './streamed-form.ts'

/** What the platform's own reader of forms makes of it. */
async function received(parts: readonly FormPart[]): Promise<FormData> {
  const { headers, body } = streamedForm(parts)
  return new Response(body, { headers }).formData()
}

test('arrives as it was put together', async () => {
  const form = await received([
    { name: 'coldpreview_size', value: '1024' },
    { name: 'sidecar', filename: 'sidecar.xmp', value: new TextEncoder().encode('<x/>') },
    { name: 'file', filename: 'Tromsø "nord".jpg', value: Uint8Array.of(13, 10, 45, 45, 0, 255) },
  ])

  expect(form.get('coldpreview_size')).toBe('1024')
  const [sidecar, file] = [form.get('sidecar') as File, form.get('file') as File] // Parts with a name of a file.
  expect(await sidecar.text()).toBe('<x/>')
  expect(file.name).toBe('Tromsø "nord".jpg')
  expect([...new Uint8Array(await file.arrayBuffer())]).toEqual([13, 10, 45, 45, 0, 255])
})

test('says its length, whatever is in it', async () => {
  const part = fc.record({
    filename: fc.string({ unit: 'grapheme' }),
    value: fc.uint8Array({ maxLength: 300 }),
  })
  await fc.assert(
    fc.asyncProperty(fc.array(part, { minLength: 1, maxLength: 4 }), async (files) => {
      const { headers, body } = streamedForm(files.map((file, n) => ({ ...file, name: `file${n}` })))
      const bytes = await new Response(body).arrayBuffer()
      expect(headers['content-length']).toBe(String(bytes.byteLength))
      const form = await new Response(bytes, { headers }).formData()
      for (const [n, { value }] of files.entries())
        expect(new Uint8Array(await (form.get(`file${n}`) as File).arrayBuffer())).toEqual(value) // As sent.
    }),
  )
})

test('a name cannot begin a part of its own', async () => {
  const filename = 'a.jpg"\r\ncontent-type: text/html\r\n\r\n'

  const form = await received([{ name: 'file', filename, value: new Uint8Array(3) }])

  expect([...form.keys()]).toEqual(['file'])
  expect((form.get('file') as File).type).toBe('application/octet-stream') // Of a file.
  expect((form.get('file') as File).size).toBe(3)
})
