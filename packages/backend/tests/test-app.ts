import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type CreatedPhoto, endpoints, type NewPhotoInput, type Tokens } from '@imalink/contract'
import { backendAt, call, type Server } from '@imalink/client'
import { afterAll, expect } from 'vitest'
import { buildApp } from '../src/app.ts'
import { readConfig } from '../src/config.ts'
import { fillTexts } from '../src/features/photos/texts.service.ts'
import { ensureInstallation } from '../src/features/operations/installation.repository.ts'
import { migrate } from '../src/storage/database/migrate.ts'
import { openDatabase } from '../src/storage/open-database.ts'
import { openDiskPreviewStore } from '../src/storage/previews/disk-preview-store.ts'
import { holdAgainstDescription } from './described-answers.ts'
import { strayStackCounts } from './stack-counts.ts'
import { strayTagCounts } from './tag-counts.ts'
import { strayTexts } from './text-contents.ts'
import { makeDatabase } from './test-database.ts'

export interface Person {
  readonly username: string
  readonly email: string
  readonly password: string
}

const person = (name: string): Person => ({
  username: name,
  email: `${name}@example.org`,
  password: `the password of ${name}`,
})

export const ALICE = person('alice')
export const BOB = person('bob')
export const CAROL = person('carol')

/** An answer with its body as JSON where it is JSON. */
export interface Reply {
  readonly status: number
  readonly headers: Headers
  readonly body: unknown
  readonly bytes: Buffer
}

type Headings = Readonly<Record<string, string>>

export interface Caller {
  get(path: string, headers?: Headings): Promise<Reply>
  post(path: string, body?: unknown, headers?: Headings): Promise<Reply>
  put(path: string, body: unknown): Promise<Reply>
  patch(path: string, body: unknown): Promise<Reply>
  delete(path: string, headers?: Headings, body?: unknown): Promise<Reply>
  /** PUT of a picture as the whole body, or in a form. */
  upload(path: string, body: Buffer | FormData, headers?: Headings): Promise<Reply>
  /** For `call` of the client. */
  readonly server: Server
}

export interface Account extends Caller {
  readonly tokens: Tokens
  readonly id: number
  create(egg: NewPhotoInput): Promise<CreatedPhoto>
}

type Settings = Readonly<Record<string, string>>

/**
 * The real app, listening, on a real, empty database and previews in a folder of its own; both go after the file's last
 * test. `settings` are the environment it is started with. Every answer must fit the API's own description.
 */
export async function testApp(settings: Settings = {}) {
  const folder = await mkdtemp(join(tmpdir(), 'imalink-test-'))
  const database = await makeDatabase(folder)
  const config = readConfig({
    IMALINK_DATA: folder,
    DATABASE_URL: database.url,
    IMALINK_SECRET: 'a secret for tests, 32 bytes long.',
    IMALINK_AUTH_RATE_LIMIT: '0',
    IMALINK_CORE_PORT: '1',
    ...settings,
  })
  const storage = openDatabase(config.databaseUrl, {
    onLostConnection: () => undefined,
    timeoutMs: config.databaseTimeoutMs,
  })
  await migrate(storage)
  await ensureInstallation(storage.db)
  await fillTexts(storage.db)
  const previews = openDiskPreviewStore(config.previewsFolder)
  const app = await buildApp({ config, storage, previews, logger: false })
  const described = holdAgainstDescription(app)
  const origin = await app.listen({ host: '127.0.0.1', port: 0 })
  await described.begin()
  afterAll(async () => {
    await app.close()
    const [strays, counts] = [await strayTexts(storage), await strayTagCounts(storage)]
    const stacks = await strayStackCounts(storage)
    await storage.close()
    await database.drop()
    await rm(folder, { recursive: true })
    expect(strays, 'photos that are found by other words than they have').toEqual([])
    expect(counts, 'tags whose photos are counted wrong').toEqual([])
    expect(stacks, 'stacks whose photos are counted wrong').toEqual([])
    expect([...described.misfits], 'answers that the OpenAPI description does not allow').toEqual([])
  })

  const accounts = new Map<string, Promise<Account>>()
  /** The person's account, made at its first use. */
  const as = (someone: Person): Promise<Account> => {
    const known = accounts.get(someone.username) ?? signUp(origin, someone)
    accounts.set(someone.username, known)
    return known
  }
  /** An empty library for everybody; the accounts stay. */
  const emptyLibrary = async () => {
    for (const table of ['photos', 'tags', 'import_sessions'] as const)
      await storage.db.deleteFrom(table).execute()
  }
  const anonymous = callerAt(origin)
  return { as, anonymous, origin, db: storage.db, storage, config, app, folder, emptyLibrary }
}

async function signUp(origin: string, someone: Person): Promise<Account> {
  const server = backendAt(origin)
  await call(server, endpoints.register, { body: someone })
  const { username, password } = someone
  return signedIn(origin, await call(server, endpoints.login, { body: { username, password } }))
}

/** Whoever holds these tokens. */
function signedIn(origin: string, tokens: Tokens): Account {
  const caller = callerAt(origin, tokens.access_token)
  return {
    ...caller,
    tokens,
    id: tokens.user.id,
    create: (egg) => call(caller.server, endpoints.createPhoto, { body: egg }),
  }
}

/** A program with a bearer token, or nobody in particular. */
export function callerAt(origin: string, token?: string): Caller {
  const bearer: Headings = token === undefined ? {} : { authorization: `Bearer ${token}` }
  return { ...callerWith(origin, bearer), server: backendAt(origin, token) }
}

/** A browser page of the server's own, with its session cookie. */
export function browserAt(origin: string, cookie: string): Caller {
  return { ...callerWith(origin, { cookie, origin }), server: backendAt(origin) }
}

function callerWith(origin: string, always: Headings): Omit<Caller, 'server'> {
  const send = (method: string, path: string, headers: Headings = {}, body?: unknown) =>
    fetchReply(origin + path, {
      method,
      headers: {
        ...always,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    })
  return {
    get: (path, headers) => send('GET', path, headers),
    post: (path, body, headers) => send('POST', path, headers, body),
    put: (path, body) => send('PUT', path, {}, body),
    patch: (path, body) => send('PATCH', path, {}, body),
    delete: (path, headers, body) => send('DELETE', path, headers, body),
    upload: (path, body, headers) =>
      fetchReply(origin + path, {
        method: 'PUT',
        headers: {
          ...always,
          ...(body instanceof FormData ? {} : { 'content-type': 'image/jpeg' }),
          ...headers,
        },
        body: body instanceof FormData ? body : new Uint8Array(body),
      }),
  }
}

/** One request as it is, and its whole answer. */
export async function fetchReply(url: string, init: RequestInit): Promise<Reply> {
  const response = await fetch(url, { redirect: 'manual', ...init })
  const bytes = Buffer.from(await response.arrayBuffer())
  const isJson = /json/.test(response.headers.get('content-type') ?? '')
  return {
    status: response.status,
    headers: response.headers,
    body: isJson && bytes.length > 0 ? (JSON.parse(bytes.toString()) as unknown) : undefined,
    bytes,
  }
}

/** `name=value` of the session cookie that an answer sets, undefined where it sets none. */
export function cookieFrom(reply: { headers: Headers }): string | undefined {
  return reply.headers
    .getSetCookie()
    .find((cookie) => cookie.startsWith('imalink_session='))
    ?.split(';', 1)[0]
}
