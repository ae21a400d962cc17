import { once } from 'node:events'
import { type Server as HttpServer, createServer } from 'node:http'
import { json } from 'node:stream/consumers'
import { type NewPhotoInput, makeProblem } from '@imalink/contract'
import { afterEach, expect, test } from 'vitest'
import { ApiError, backendAt } from '../client.ts'
import { photoDelivery } from './delivery.ts'
import { importBackendAt } from './import-backend.ts'
import { Patience } from './patience.ts'

let server: HttpServer | undefined

afterEach(() => server?.close())

interface Batch {
  readonly photos: readonly { readonly hothash: string; readonly image_file: { readonly filename: string } }[]
}

/** A server between us and the backend, such as a proxy with limits of its own. */
async function proxyThat(answer: (batch: Batch) => { status: number; body: unknown }) {
  const batches: Batch[] = []
  server = createServer((request, response) => {
    void json(request).then((body) => {
      const batch = body as Batch // what `newPhoto` sends
      batches.push(batch)
      const reply = answer(batch)
      response.writeHead(reply.status, { 'content-type': 'application/json' }).end(JSON.stringify(reply.body))
    })
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('The test got no port')
  return { backend: backendAt(`http://127.0.0.1:${address.port}`), batches }
}

function accepted({ photos }: Batch) {
  const results = photos.map(({ hothash }, index) => ({
    index,
    status: 'created',
    id: Number.parseInt(hothash, 16),
    hothash,
    error: null,
  }))
  return { status: 200, body: { results, created: results.length, duplicates: 0, failed: 0 } }
}

const refused = (code: 'body_too_large' | 'credentials_invalid', status: number) => ({
  status,
  body: makeProblem(code, 'No.', { status }),
})

function photo(number: number): NewPhotoInput {
  const hothash = number.toString(16).padStart(64, '0')
  return {
    hothash,
    hotpreview_base64: 'AA==',
    width: 1,
    height: 1,
    image_file: { filename: `${number}.jpg` },
  }
}

function patience() {
  return new Patience({ giveUpAfterMs: 0, signal: new AbortController().signal, onWaiting: () => undefined })
}

test('sends many eggs in one request', async () => {
  const { backend, batches } = await proxyThat(accepted)
  const deliver = photoDelivery(importBackendAt(backend), patience(), new AbortController().signal)

  const verdicts = await Promise.all([1, 2, 3].map((number) => deliver(photo(number))))

  expect(batches.map(({ photos }) => photos.length)).toEqual([3])
  expect(verdicts).toMatchObject([{ id: 1 }, { id: 2 }, { id: 3 }])
})

test('halves a batch that is refused as a whole, until only what is wrong is refused', async () => {
  const isBad = ({ photos }: Batch) => photos.some(({ image_file }) => image_file.filename === '5.jpg')
  const { backend } = await proxyThat((batch) =>
    isBad(batch) ? refused('body_too_large', 413) : accepted(batch),
  )
  const deliver = photoDelivery(importBackendAt(backend), patience(), new AbortController().signal)

  const verdicts = await Promise.all([1, 2, 3, 4, 5, 6, 7].map((number) => deliver(photo(number))))

  expect(verdicts.map(({ status }) => status)).toEqual([
    'created',
    'created',
    'created',
    'created',
    'refused',
    'created',
    'created',
  ])
  expect(verdicts[4]).toMatchObject({ code: 'body_too_large' })
})

test('does not blame the files for credentials that are no longer valid', async () => {
  const { backend, batches } = await proxyThat(() => refused('credentials_invalid', 401))
  const deliver = photoDelivery(importBackendAt(backend), patience(), new AbortController().signal)

  const outcomes = await Promise.allSettled([deliver(photo(1)), deliver(photo(2))])

  expect(outcomes.every(({ status }) => status === 'rejected')).toBe(true)
  expect(outcomes[0]).toMatchObject({ reason: expect.any(ApiError) as unknown })
  expect(batches).toHaveLength(1)
})
