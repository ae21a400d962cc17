import fc from 'fast-check'
import { endpoints, imageFile } from '@imalink/contract'
import { expect, test } from 'vitest'
import { wireDetail, wireErrorPath, wireFilename, wirePath, wirePrimaryFilename } from './wire-text.ts'

const anyText = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 6000 }),
  fc
    .array(fc.constantFrom('\ud800', '\udc00', '\0', 'a', '\n', '😀'), { maxLength: 5000 })
    .map((all) => all.join('')),
)

test('makes of any name, path and reason what the contract accepts', () => {
  fc.assert(
    fc.property(anyText, (text) => {
      const file = { filename: wireFilename(text), file_path: wirePath(text) }
      const error = { filename: wireErrorPath(text), code: 'unreadable_file', detail: wireDetail(text) }

      expect(imageFile.safeParse(file).success).toBe(true)
      expect(endpoints.reportImportErrors.body.safeParse({ errors: [error] }).success).toBe(true)
      expect(wirePrimaryFilename(text)).not.toMatch(/\p{Cc}/u)
    }),
    { numRuns: 200 },
  )
})

test('keeps an ordinary name as it is, newlines and quotes too', () => {
  expect(wireFilename('a "b"\nç 😀.jpg')).toBe('a "b"\nç 😀.jpg')
})

test('does not store a path that it would have to cut', () => {
  expect(wirePath(`/${'x'.repeat(5000)}`)).toBe('')
})
