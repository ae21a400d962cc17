import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout } from 'node:timers/promises'
import { afterAll } from 'vitest'

const MAIN = join(import.meta.dirname, '../../core/src/main.ts')

/**
 * Core as the program that it is, on a port of its own that it keeps when it is started again. It goes after the file's
 * last test, so it is not started inside of one.
 */
export async function startCore(settings: Readonly<Record<string, string>> = {}) {
  let [child, address] = await start({ IMALINK_CORE_PORT: '0', ...settings })
  const stop = async () => {
    if (child.exitCode !== null || child.signalCode !== null) return
    child.kill('SIGTERM')
    await once(child, 'exit')
  }
  afterAll(stop)
  const { origin: url, port } = new URL(address)
  return {
    url,
    stop,
    async startAgain() {
      ;[child, address] = await start({ ...settings, IMALINK_CORE_PORT: port })
    },
    /** How often it has been asked to resize something, whatever the outcome. It counts when an answer is sent. */
    async timesAsked(): Promise<number> {
      let [before, now] = [-1, await resizesAt(url)]
      while (before !== now) {
        await setTimeout(50)
        ;[before, now] = [now, await resizesAt(url)]
      }
      return now
    },
  }
}

async function resizesAt(url: string): Promise<number> {
  const text = await (await fetch(`${url}/metrics`)).text()
  const counts = [...text.matchAll(/answers_total\{route="\/v1\/resize",status="\d+"\} (\d+)/g)]
  return counts.reduce((sum, [, count]) => sum + Number(count), 0)
}

async function start(settings: Readonly<Record<string, string>>): Promise<[ChildProcess, string]> {
  const child = spawn(process.execPath, [MAIN], {
    env: { PATH: process.env['PATH'], IMALINK_CORE_WORKERS: '1', ...settings },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  for await (const line of createInterface({ input: child.stdout })) {
    const address = /listening at (http:\/\/127\.0\.0\.1:\d+)/.exec(line)?.[1]
    if (address === undefined) continue
    child.stdout.resume()
    return [child, address]
  }
  throw new Error(`core ended with ${child.exitCode} before it listened`)
}
