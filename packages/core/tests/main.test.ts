import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { describe, expect, test } from 'vitest'

function start(settings: Record<string, string>): ChildProcess {
  const main = join(import.meta.dirname, '../src/main.ts')
  return spawn(process.execPath, [main], {
    env: { PATH: process.env['PATH'], IMALINK_CORE_PORT: '0', ...settings },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
}

async function outcome(child: ChildProcess): Promise<{ code: number; stderr: string }> {
  const [stderr] = await Promise.all([child.stderr ? text(child.stderr) : '', once(child, 'exit')])
  return { code: child.exitCode ?? Number.NaN, stderr }
}

describe('starting core', () => {
  test('on a port that is in use ends with one clear sentence', async () => {
    const other = createServer()
    await once(other.listen(0, '127.0.0.1'), 'listening')
    const { port } = other.address() as AddressInfo // it listens on TCP

    const { code, stderr } = await outcome(start({ IMALINK_CORE_PORT: String(port) }))
    other.close()

    expect(code).toBe(1)
    expect(stderr).toMatch(
      /^ImaLink core cannot start: its port is in use by another program; .*IMALINK_CORE_PORT.*\.\n$/,
    )
  })

  test.each([
    ['IMALINK_CORE_PORT', 'eighty'],
    ['IMALINK_CORE_PORT', '70000'],
    ['IMALINK_PORT', '-1'],
    ['IMALINK_CORE_TOKEN', 'short'],
    ['IMALINK_ALLOWED_ORIGINS', 'photos.example'],
    ['IMALINK_CORE_WORKERS', '0'],
    ['IMALINK_CORE_TIMEOUT_MS', 'soon'],
    ['IMALINK_LOG_LEVEL', 'loud'],
  ])('with %s=%s ends with a sentence that names it', async (name, value) => {
    const { code, stderr } = await outcome(start({ [name]: value }))

    expect(code).toBe(1)
    expect(stderr).toMatch(new RegExp(`^ImaLink core cannot start: The setting ${name} .*\\.\\n$`))
  })
})

describe('a running core', () => {
  test.each(['SIGTERM', 'SIGINT'] as const)('ends in order on %s', async (signal) => {
    const child = start({})
    const [line] = (await once(child.stdout ?? child, 'data')) as [Buffer]
    expect(line.toString()).toContain('listening at http://127.0.0.1:')

    child.kill(signal)

    expect(await outcome(child)).toEqual({ code: 0, stderr: '' })
  })

  test('logs no EXIF, no file names and no queries', async () => {
    const child = start({ IMALINK_LOG_LEVEL: 'trace' })
    const log = child.stdout ? text(child.stdout) : Promise.resolve('')
    const [line] = (await once(child.stdout ?? child, 'data')) as [Buffer]
    const url = /http:\/\/127\.0\.0\.1:\d+/.exec(line.toString())?.[0] ?? ''
    const form = new FormData()
    form.set('file', new Blob(['not a picture']), 'secret-name.jpg')

    await fetch(`${url}/v1/process?secret=query`, {
      method: 'POST',
      body: form,
      headers: { authorization: 'Bearer secret' },
    })
    child.kill('SIGTERM')

    expect(await log).toContain('request refused')
    expect(await log).not.toContain('secret')
  })
})
