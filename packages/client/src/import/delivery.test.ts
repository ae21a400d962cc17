import { once } from 'node:events'
import { type Server as HttpServer, createServer } from 'node:http'
import { json } from 'node:stream/consumers'
import { makeProblem } from '@imalink/contract'
import { afterEach, expect, test } from 'vitest'
import { ApiError, backendAt } from '../client.ts'
import type { SourceFile } from '../import.ts'
import { type LaidEgg, eggDelivery } from './delivery.ts'
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

function laid(number: number): LaidEgg {
  const hex = number.toString(16).padStart(64, '0')
  const file: SourceFile = {
    filename: `${number}.jpg`,
    path: `/photos/${number}.jpg`,
    volume: '',
    size: 1,
    modifiedAt: null,
    read: () => Promise.reject(new Error('was read already')),
  }
  return {
    file,
    sha256: hex,
    egg: {
      hothash: hex,
      hotpreview_base64: 'AA==',
      hotpreview_width: 1,
      hotpreview_height: 1,
      coldpreview_base64: null,
      coldpreview_width: null,
      coldpreview_height: null,
      width: 1,
      height: 1,
      metadata: {},
      exif_dict: {},
      is_valid_image: true,
      image_format: 'JPEG',
      file_size_bytes: 1,
      primary_filename: `${number}.jpg`,
      file_sha256: hex,
      recipe: 'h1',
      egg_version: '2.1',
    },
  }
}

function patience() {
  return new Patience({ giveUpAfterMs: 0, signal: new AbortController().signal, onWaiting: () => undefined })
}

test('sends many eggs in one request', async () => {
  const { backend, batches } = await proxyThat(accepted)
  const deliver = eggDelivery(backend, patience(), 7)

  const verdicts = await Promise.all([1, 2, 3].map((number) => deliver(laid(number))))

  expect(batches.map(({ photos }) => photos.length)).toEqual([3])
  expect(verdicts).toMatchObject([{ id: 1 }, { id: 2 }, { id: 3 }])
})

test('halves a batch that is refused as a whole, until only what is wrong is refused', async () => {
  const isBad = ({ photos }: Batch) => photos.some(({ image_file }) => image_file.filename === '5.jpg')
  const { backend } = await proxyThat((batch) =>
    isBad(batch) ? refused('body_too_large', 413) : accepted(batch),
  )
  const deliver = eggDelivery(backend, patience(), null)

  const verdicts = await Promise.all([1, 2, 3, 4, 5, 6, 7].map((number) => deliver(laid(number))))

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
  const deliver = eggDelivery(backend, patience(), null)

  const outcomes = await Promise.allSettled([deliver(laid(1)), deliver(laid(2))])

  expect(outcomes.every(({ status }) => status === 'rejected')).toBe(true)
  expect(outcomes[0]).toMatchObject({ reason: expect.any(ApiError) as unknown })
  expect(batches).toHaveLength(1)
})
