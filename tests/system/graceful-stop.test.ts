import { once } from 'node:events'
import { type Socket, connect } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { UnreachableError, ApiError, call } from '@imalink/client'
import { endpoints } from '@imalink/contract'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Posted, layPosts } from './egg-poster.ts'
import { type Account, type Installation, startInstallation } from './installation.ts'
import { allPhotos } from './photos-of.ts'
import { sideBySide } from './side-by-side.ts'

const AT_ONCE = 8
/** What is in flight may take five seconds; the rest is for a busy machine. */
const STOPS_WITHIN_MS = 8000

let installation: Installation
let posts: Posted[]

beforeAll(async () => {
  installation = await startInstallation()
  posts = await layPosts(installation.layer, 200)
})
afterAll(() => installation.end())

/** Posts until the server is gone; answers what it acknowledged and each other answer it gave. */
function postUntilGone(account: Account) {
  const acknowledged: string[] = []
  const refused: number[] = []
  let gone = 0
  const done = sideBySide(posts, AT_ONCE, async (body) => {
    try {
      await call(account.server, endpoints.createPhoto, { body })
      acknowledged.push(body.hothash)
    } catch (error) {
      if (error instanceof ApiError) refused.push(error.status)
      else if (error instanceof UnreachableError) gone++
      else throw error
    }
  })
  return { acknowledged, refused, done, gone: () => gone }
}

/** A request whose body never comes to its end. */
async function beginUpload(port: number, { apiKey }: Account): Promise<Socket> {
  const socket = connect(port, '127.0.0.1')
  // Its end is the server's to decide here.
  socket.on('error', () => undefined)
  await once(socket, 'connect')
  const head = ['POST /api/v1/photos/photoegg HTTP/1.1', 'Host: 127.0.0.1', `Authorization: Bearer ${apiKey}`]
  socket.write([...head, 'Content-Type: application/json', 'Content-Length: 1000', '', '{'].join('\r\n'))
  await delay(200)
  return socket
}

function isThere(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    // No such process: what is asked.
    return false
  }
}

test('a backend told to stop under load ends with 0 in time, and keeps what it acknowledged', async () => {
  const { backend, newAccount } = installation
  const account = await newAccount()
  const posting = postUntilGone(account)
  while (posting.acknowledged.length < 20) await delay(5)

  const asked = performance.now()
  const code = await backend.stop('SIGTERM')
  const stoppedMs = performance.now() - asked
  await posting.done
  await backend.start()

  expect(code).toBe(0)
  expect(stoppedMs).toBeLessThan(STOPS_WITHIN_MS)
  expect(posting.gone() + posting.refused.length).toBeGreaterThan(0)
  expect(posting.refused.filter((status) => status !== 503)).toEqual([])
  const kept = (await allPhotos(account.server)).map(({ hothash }) => hothash)
  expect(posting.acknowledged.filter((hothash) => !kept.includes(hothash))).toEqual([])
})

test('a second signal, though another one, ends a backend that still waits for somebody', async () => {
  const { backend, newAccount } = installation
  const account = await newAccount()
  const { port } = new URL(backend.address)
  const halfSent = await beginUpload(Number(port), account)
  const { pid } = backend

  process.kill(pid, 'SIGTERM')
  await delay(500)
  const stillThere = isThere(pid)
  const asked = performance.now()
  process.kill(pid, 'SIGINT')
  await backend.stop('SIGTERM')
  const stoppedMs = performance.now() - asked
  halfSent.destroy()
  await backend.start()

  expect(stillThere).toBe(true)
  expect(stoppedMs).toBeLessThan(2000)
})
