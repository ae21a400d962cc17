import { expect, test } from 'vitest'
import { isThisMachine, serverAddress } from './server-address.ts'

test.each([
  ['http://127.0.0.1:8000/', 'http://127.0.0.1:8000'],
  ['localhost:8000', 'http://localhost:8000'],
  ['[::1]:8000', 'http://[::1]:8000'],
  ['photos.example.org', 'https://photos.example.org'],
  ['https://example.org/photos/', 'https://example.org/photos'],
])('takes %s as %s', (typed, address) => {
  expect(serverAddress(typed)).toBe(address)
})

test.each(['', 'ftp://example.org', 'http://me:secret@example.org', 'https://example.org/?a=1', 'http://'])(
  'refuses %s as an address',
  (typed) => {
    expect(() => serverAddress(typed)).toThrow('is no server address')
  },
)

test('knows this machine from others', () => {
  expect(
    ['http://127.0.0.1:1', 'http://127.9.9.9', 'http://localhost', 'http://[::1]:8000'].every(isThisMachine),
  ).toBe(true)
  expect(['http://127.0.0.1.example.org', 'https://example.org', 'http://10.0.0.1'].some(isThisMachine)).toBe(
    false,
  )
})
