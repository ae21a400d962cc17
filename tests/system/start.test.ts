import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { DatabaseSync } from 'node:sqlite'
import { expect, onTestFinished, test } from 'vitest'

const START = join(import.meta.dirname, '../../scripts/start.mjs')

interface Started {
  readonly process: ChildProcess
  readonly port: number
  readonly corePort: number
  readonly data: string
  stdout(): string
  /** Without the word that the web app is being built, which it is when its sources have changed. */
  stderr(): string
  /** The exit code, when it has ended. */
  readonly code: Promise<number | null>
}

/** `npm start` as the script that it is, on free ports and a data folder of its own. */
async function start(settings: Record<string, string> = {}): Promise<Started> {
  const [port, corePort] = [await freePort(), await freePort()]
  const data = settings.IMALINK_DATA ?? temporaryFolder()
  const env = {
    ...process.env,
    IMALINK_PORT: `${port}`,
    IMALINK_CORE_PORT: `${corePort}`,
    IMALINK_DATA: data,
    ...settings,
  }
  const child = spawn(process.execPath, [START], { env, stdio: ['ignore', 'pipe', 'pipe'] })
  const stderr = collect(child.stderr)
  const code = once(child, 'close').then(([exitCode]: unknown[]) => exitCode as number | null) // as `close` is documented
  onTestFinished(async () => {
    child.kill('SIGTERM')
    await code
  })
  return {
    process: child,
    port,
    corePort,
    data,
    stdout: collect(child.stdout),
    stderr: () => stderr().replace(/^Building the web app …\n/, ''),
    code,
  }
}

function collect(stream: NodeJS.ReadableStream): () => string {
  let text = ''
  stream.on('data', (chunk: Buffer) => (text += chunk.toString()))
  return () => text
}

function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'imalink-start-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

async function freePort(): Promise<number> {
  const server = createServer()
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const { port } = server.address() as AddressInfo // A TCP server that listens has a port.
  await new Promise((resolve) => server.close(resolve))
  return port
}

async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await delay(50)
}

async function untilReady(started: Started): Promise<void> {
  await Promise.race([
    until(() => started.stdout().includes('ready')),
    started.code.then((code) => Promise.reject(new Error(`ended with ${code}: ${started.stderr()}`))),
  ])
}

function answers(port: number): Promise<boolean> {
  return fetch(`http://127.0.0.1:${port}/health`).then(
    (reply) => reply.ok,
    () => false,
  )
}

function childrenOf(pid: number | undefined): number[] {
  return execFileSync('pgrep', ['-P', `${pid}`], { encoding: 'utf8' })
    .trim()
    .split('\n')
    .map(Number)
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false // which is the answer
  }
}

test('says where to open it, where data is kept and how to stop, once both programs answer', async () => {
  const started = await start()

  await untilReady(started)

  expect(await answers(started.port)).toBe(true)
  expect(await answers(started.corePort)).toBe(true)
  expect(started.stdout()).toContain(`http://localhost:${started.port}`)
  expect(started.stdout()).toContain(started.data)
  expect(started.stdout()).toContain('Ctrl-C')
  const page = await fetch(`http://127.0.0.1:${started.port}/`, { headers: { accept: 'text/html' } })
  expect(await page.text()).toContain('<title>')
})

test.each(['SIGINT', 'SIGTERM'] as const)('stops both programs on %s, cleanly', async (signal) => {
  const started = await start()
  await untilReady(started)
  const programs = childrenOf(started.process.pid)

  started.process.kill(signal)

  expect(await started.code).toBe(0)
  expect(started.stderr()).toBe('')
  expect(programs).toHaveLength(2)
  expect(programs.filter(isAlive)).toEqual([])
})

test('starts again on the same data', async () => {
  const data = temporaryFolder()
  const first = await start({ IMALINK_DATA: data })
  await untilReady(first)
  const account = { email: 'a@example.org', password: 'a long password' }
  const url = (started: Started, path: string) => `http://127.0.0.1:${started.port}/api/v1/auth/${path}`
  const post = (address: string) =>
    fetch(address, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(account),
    })
  expect((await post(url(first, 'register'))).status).toBe(201)
  first.process.kill('SIGTERM')
  await first.code

  const second = await start({ IMALINK_DATA: data })
  await untilReady(second)

  expect((await post(url(second, 'login'))).status).toBe(200)
})

test('ends the other program, and with an error, when one dies', async () => {
  const started = await start()
  await untilReady(started)
  const [first, second] = childrenOf(started.process.pid)

  process.kill(first ?? 0, 'SIGKILL')

  expect(await started.code).not.toBe(0)
  expect(started.stderr()).toMatch(/^ImaLink stops because its (core|backend) has ended\.\n$/)
  expect(isAlive(second ?? 0)).toBe(false)
})

test('leaves no program behind when it is killed', async () => {
  const started = await start()
  await untilReady(started)
  const programs = childrenOf(started.process.pid)

  started.process.kill('SIGKILL')
  await started.code

  await until(() => !programs.some(isAlive))
  expect(programs).toHaveLength(2)
})

test.each(['IMALINK_PORT', 'IMALINK_CORE_PORT'])(
  'refuses a port in use with one sentence (%s)',
  async (name) => {
    const other = createServer()
    await once(other.listen(0, '127.0.0.1'), 'listening')
    onTestFinished(() => void other.close())
    const { port } = other.address() as AddressInfo // A TCP server that listens has a port.

    const started = await start({ [name]: `${port}` })

    expect(await started.code).toBe(1)
    expect(started.stderr()).toBe(
      `Port ${port} is in use by another program (another ImaLink?); stop it or set ${name}.\n`,
    )
  },
)

test('refuses a data folder that cannot be written with one sentence', async () => {
  const file = join(temporaryFolder(), 'file')
  writeFileSync(file, '')

  const started = await start({ IMALINK_DATA: file })

  expect(await started.code).toBe(1)
  expect(started.stderr().trim().split('\n')).toEqual([expect.stringContaining(file)])
})

test('refuses a database made by a newer version with one sentence', async () => {
  const data = temporaryFolder()
  const first = await start({ IMALINK_DATA: data })
  await untilReady(first)
  first.process.kill('SIGTERM')
  await first.code
  const database = new DatabaseSync(join(data, 'imalink.db'))
  database.exec("insert into kysely_migration (name, timestamp) values ('9999-from-the-future', '')")
  database.close()

  const second = await start({ IMALINK_DATA: data })

  expect(await second.code).toBe(1)
  expect(second.stderr().trim().split('\n')).toEqual([expect.stringContaining('newer version')])
})

test('opens only the backend to the network', async () => {
  const started = await start({ IMALINK_HOST: '127.0.0.2' })

  await untilReady(started)

  expect(await answers(started.corePort)).toBe(true)
  expect(await answers(started.port)).toBe(false)
})
