import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { type IncomingMessage, type Server, createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { CommandLine } from './command-line.ts'

let home: string
let server: Server

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'imalink-cli-'))
})
afterEach(async () => {
  server.closeAllConnections()
  server.close()
  await rm(home, { recursive: true })
})

const user = { id: 1, username: 'somebody' }
const capabilities = { installation_id: 'here', restore_epoch: 0, version: '1', core: { local_url: null } }

/** A server that takes these requests and never answers; the promise resolves when it has one. */
async function silentAbout(path: string): Promise<{ env: NodeJS.ProcessEnv; asked: Promise<unknown> }> {
  const { promise: asked, resolve } = Promise.withResolvers<unknown>()
  server = createServer(({ url = '' }: IncomingMessage, answer) => {
    if (url.includes(path)) return resolve(url)
    answer.writeHead(200, { 'content-type': 'application/json' })
    answer.end(JSON.stringify(url.endsWith('/capabilities') ? capabilities : user))
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('A TCP server has a port')
  return { env: { IMALINK_SERVER: `http://127.0.0.1:${address.port}`, IMALINK_API_KEY: 'key' }, asked }
}

test.each([
  ['import', '/capabilities', 130],
  ['import', '/import-sessions', 130],
  ['watch', '/capabilities', 0],
])('Ctrl-C ends %s soon while the server is silent about %s', async (command, path, expected) => {
  const { env, asked } = await silentAbout(path)
  const run = new CommandLine([command, home], { env: { HOME: home, ...env }, cwd: home, input: '' })
  await asked

  run.kill('SIGINT')
  const pressedMs = performance.now()
  const { code } = await run.ended

  expect(code).toBe(expected)
  expect(performance.now() - pressedMs).toBeLessThan(5000)
})
