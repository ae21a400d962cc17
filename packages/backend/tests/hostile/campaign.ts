import { isDeepStrictEqual } from 'node:util'
import { call } from '@imalink/client'
import { type CreatedPhoto, endpoints, errorCodes } from '@imalink/contract'
import { aJpeg, anEgg } from '../an-egg.ts'
import { type ApiDescription, DescribedAnswers } from '../described-answers.ts'
import { type Caller, callerAt, cookieFrom, fetchReply } from '../test-app.ts'
import { Dice } from './dice.ts'
import {
  type Description,
  type Endpoint,
  type HostileRequest,
  endpointsOf,
  hostileRequest,
} from './requests.ts'
import type { Sampling } from './sample.ts'
import { type WireAnswer, sendBytes } from './wire.ts'

export interface CampaignOptions {
  /** Of a server whose first account is not made yet, and that does not limit attempts to sign in. */
  readonly origin: string
  /** Decides every request; what the server's numbers are depends on the requests before. */
  readonly seed: number
}

/** What came of the requests so far. */
export interface Report {
  readonly requests: number
  /** By status; `closed` where the connection ended without an answer. */
  readonly answers: Readonly<Record<string, number>>
  /** Of endpoints with at least one answer of 2xx. */
  readonly endpointsReached: number
  readonly endpoints: number
  readonly slowestMs: number
}

const PATIENCE_MS = 20_000
const FRESH_EVERY = 100
/** In what the attacker must never see. */
const SECRET = 'a secret title of somebody else'
const PASSWORD = 'the password of the attacker'

type Credentials = readonly (readonly [string, string])[]

/** Sends wrong and hostile requests to a server, as all kinds of callers, and holds every answer against its description. */
export class Campaign {
  readonly #options: CampaignOptions
  readonly #description: Description
  readonly #described: DescribedAnswers
  readonly #endpoints: readonly Endpoint[]
  readonly #victim: Victim
  readonly #answers = new Map<string, number>()
  readonly #reached = new Set<Endpoint>()
  #requests = 0
  #slowestMs = 0
  #attacker: Attacker | null = null

  static async start(options: CampaignOptions): Promise<Campaign> {
    const { body } = await callerAt(options.origin).get('/api/v1/openapi.json')
    return new Campaign(options, body, await Victim.arrive(options.origin))
  }

  constructor(options: CampaignOptions, description: unknown, victim: Victim) {
    this.#options = options
    this.#description = description as Description // Its own test finds out whether it is valid.
    this.#described = new DescribedAnswers(description as ApiDescription)
    this.#endpoints = endpointsOf(this.#description)
    this.#victim = victim
  }

  /** Sends the requests of these numbers; throws at the first answer that is wrong. */
  async run(first: number, count: number): Promise<void> {
    for (let number = first; number < first + count; number++) {
      if (this.#attacker === null || number % FRESH_EVERY === 0)
        this.#attacker = await Attacker.arrive(this.#options.origin, this.#victim)
      await this.#attempt(number, this.#attacker)
    }
    await this.#victim.confirmUnharmed()
  }

  get report(): Report {
    return {
      requests: this.#requests,
      answers: Object.fromEntries([...this.#answers].sort()),
      endpointsReached: this.#reached.size,
      endpoints: this.#endpoints.length,
      slowestMs: Math.round(this.#slowestMs),
    }
  }

  async #attempt(number: number, attacker: Attacker): Promise<void> {
    const dice = new Dice(this.#options.seed * 1_000_003 + number)
    const endpoint = dice.pick(this.#endpoints)
    const sampling: Sampling = { dice, pool: attacker.pool, components: this.#description.components.schemas }
    const request = hostileRequest(endpoint, dice.pick(this.#credentials(endpoint, attacker)), sampling)
    try {
      const { hostname, port } = new URL(this.#options.origin)
      const started = performance.now()
      const answer = await sendBytes({ host: hostname, port: Number(port) }, request, PATIENCE_MS)
      this.#slowestMs = Math.max(this.#slowestMs, performance.now() - started)
      this.#note(answer, endpoint)
      const wrong = answer ? this.#wrongWith(answer, request) : wrongWithSilence(request)
      if (wrong) throw new Error(`${wrong}; the answer was ${answer ? told(answer) : 'none'}`)
    } catch (cause) {
      throw new Error(`Request ${number} of seed ${this.#options.seed}: ${shown(request)}`, { cause })
    }
  }

  /** What only administrators may do is tried by one as well, as far as it cannot cost anybody their account. */
  #credentials({ method, path }: Endpoint, { credentials }: Attacker): readonly Credentials[] {
    const isHarmless = path.startsWith('/api/v1/invites') || (method === 'GET' && path === '/api/v1/users')
    return isHarmless ? [...credentials, ...credentials.map(() => this.#victim.credentials)] : credentials
  }

  #note(answer: WireAnswer | null, endpoint: Endpoint): void {
    this.#requests++
    const kind = answer === null ? 'closed' : String(answer.status)
    this.#answers.set(kind, (this.#answers.get(kind) ?? 0) + 1)
    if (answer && answer.status < 300) this.#reached.add(endpoint)
  }

  /** What is wrong with an answer, null for a right one. */
  #wrongWith(answer: WireAnswer, { endpoint }: HostileRequest): string | null {
    const { status, headers, body } = answer
    if (Number.isNaN(status)) return 'it is not HTTP'
    if (status >= 500 && status !== 503) return 'the server failed'
    if (status === 503 && !headers['retry-after']) return 'it does not say when to come again'
    if (body.includes(SECRET)) return 'it tells what is private to somebody else'
    if (/\n\s+at |node_modules|\/src\/|SQLITE_|syntax error at/.test(body.toString()))
      return 'it tells of the program'
    if (status >= 400) return wrongWithRefusal(answer)
    const media = (headers['content-type'] ?? '').split(';', 1)[0] ?? ''
    return endpoint && this.#described.misfit(endpoint, { status, media, payload: body.toString() })
  }
}

function wrongWithRefusal({ headers, body, status }: WireAnswer): string | null {
  // As the answer to HEAD, and that of a connection that is at its end.
  if (body.length === 0) return null
  if (!headers['content-type']?.startsWith('application/problem+json')) return 'it is no problem in JSON'
  const { code, status: told } = JSON.parse(body.toString()) as { code?: string; status?: number }
  if (told !== status) return 'the problem has another status'
  return code !== undefined && code in errorCodes ? null : 'it has no code that is known'
}

/** More than the system takes from a sender before the server does. */
const LARGE_BYTES = 65_536

/**
 * Whoever goes away in the middle may be left without an answer; and whoever is still sending what nobody reads when the
 * server closes, because TCP then throws away what was answered.
 */
function wrongWithSilence({ isCutOff, body }: HostileRequest): string | null {
  return isCutOff || body.length > LARGE_BYTES ? null : 'the connection was closed without an answer'
}

function told({ status, body }: WireAnswer): string {
  return `${status} ${body.toString().slice(0, 500)}`
}

function shown({ head, body }: HostileRequest): string {
  return `${JSON.stringify(head.slice(0, 2000))} ${JSON.stringify(body.toString('latin1').slice(0, 1000))}`
}

interface Arrived {
  readonly caller: Caller
  readonly key: string
  readonly id: number
  readonly photos: readonly CreatedPhoto[]
  readonly listing: unknown
}

/** Somebody whose photos are private, and who administers the server. */
class Victim {
  readonly #caller: Caller
  readonly #listing: unknown
  readonly credentials: Credentials
  readonly id: number
  readonly photos: readonly CreatedPhoto[]

  static async arrive(origin: string): Promise<Victim> {
    const account = {
      username: 'victim',
      email: 'victim@example.org',
      password: 'the password of the victim',
    }
    const nobody = callerAt(origin)
    await call(nobody.server, endpoints.register, { body: account })
    const { access_token, user } = await call(nobody.server, endpoints.login, {
      body: { username: account.username, password: account.password },
    })
    // A key outlives the hour of an access token.
    const signedIn = callerAt(origin, access_token)
    const { key } = await call(signedIn.server, endpoints.createApiKey, {
      body: { name: 'x', scope: 'full' },
    })
    const caller = callerAt(origin, key)
    const photos: CreatedPhoto[] = []
    for (let count = 0; count < 5; count++)
      photos.push(
        await call(caller.server, endpoints.createPhoto, {
          body: anEgg({ title: SECRET, tags: [SECRET], primary_filename: `${SECRET}.jpg` }),
        }),
      )
    await groupsOf(caller.server, photos, SECRET)
    return new Victim({ caller, key, id: user.id, photos, listing: await listingOf(caller) })
  }

  constructor({ caller, key, id, photos, listing }: Arrived) {
    this.#caller = caller
    this.#listing = listing
    this.credentials = asBearer(key)
    this.id = id
    this.photos = photos
  }

  async confirmUnharmed(): Promise<void> {
    if (!isDeepStrictEqual(await listingOf(this.#caller), this.#listing))
      throw new Error('What the victim has is not as it was')
  }
}

/** Something of everything that groups photos; ids by where they stand in an address. */
async function groupsOf(
  server: Caller['server'],
  photos: readonly CreatedPhoto[],
  name: string,
): Promise<Sampling['pool']> {
  const hothashes = photos.map(({ hothash }) => hothash)
  const { stack, undo_token } = await call(server, endpoints.createStack, {
    body: { stack_type: 'burst', photo_hothashes: hothashes },
  })
  const space = await call(server, endpoints.createSpace, { body: { name } })
  await call(server, endpoints.addSpacePhotos, { params: { id: space.id }, body: { photos: hothashes } })
  const manual = await call(server, endpoints.createCollection, { body: { name, hothashes } })
  const smart = await call(server, endpoints.createCollection, {
    body: { name: `${name} too`, search_criteria: { q: 'a' } },
  })
  const blocks = hothashes.map((hash) => ({ type: 'image' as const, hash }))
  const story = await call(server, endpoints.createStory, {
    body: { title: name, content: { version: '1', blocks } },
  })
  const author = await call(server, endpoints.createAuthor, { body: { name } })
  const search = await call(server, endpoints.createSavedSearch, { body: { name, search_criteria: {} } })
  await call(server, endpoints.addPhotoTags, { params: { ref: hothashes[0] ?? '' }, body: { tags: [name] } })
  const { data: tags } = await call(server, endpoints.listTags, {})
  return {
    'photo-stacks/id': [stack?.id ?? 0],
    'spaces/id': [space.id],
    'collections/id': [manual.id, smart.id],
    'phototext/id': [story.id],
    'authors/id': [author.id],
    'photo-searches/id': [search.id],
    'tags/id': tags.map(({ id }) => id),
    'undo/token': [undo_token ?? ''],
    hothashes: [hothashes, hothashes.slice(1)],
    photo_hothashes: [hothashes, hothashes.slice(1)],
    photo_hothash: hothashes,
    cover_photo_hothash: hothashes,
    hash: hothashes,
    after: [...hothashes, null],
    space_id: [space.id],
    collection_id: [manual.id, smart.id],
    stack_id: [stack?.id ?? 0],
  }
}

const asBearer = (token: string): Credentials => [['authorization', `Bearer ${token}`]]

const LISTINGS = [
  'photos?scope=mine',
  'photo-stacks',
  'spaces',
  'collections?scope=mine',
  'phototext?scope=mine',
  'authors',
  'tags',
  'photo-searches',
]

async function listingOf(caller: Caller): Promise<unknown[]> {
  const replies = await Promise.all(LISTINGS.map((path) => caller.get(`/api/v1/${path}`)))
  const refused = replies.find(({ status }) => status !== 200)
  if (refused) throw new Error(`The victim is answered ${refused.status}`)
  return replies.map(({ body }) => body)
}

/** Somebody with an account, all kinds of credentials and something of everything. */
class Attacker {
  readonly credentials: readonly Credentials[]
  readonly pool: Sampling['pool']

  static #arrivals = 0

  static async arrive(origin: string, victim: Victim): Promise<Attacker> {
    const name = `attacker${++Attacker.#arrivals}`
    const account = { username: name, email: `${name}@example.org`, password: PASSWORD }
    const registered = await fetchReply(`${origin}/api/v1/auth/register`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(account),
    })
    const nobody = callerAt(origin)
    const tokens = await call(nobody.server, endpoints.login, {
      body: { username: account.username, password: account.password },
    })
    const { server } = callerAt(origin, tokens.access_token)
    const keys = await Promise.all(
      (['read', 'import', 'full'] as const).map((scope) =>
        call(server, endpoints.createApiKey, { body: { name: scope, scope } }),
      ),
    )
    const photos = [
      await call(server, endpoints.createPhoto, {
        body: anEgg({ visibility: 'public', taken_at: '2024-07-01T12:00:00' }),
      }),
      await call(server, endpoints.createPhoto, { body: anEgg() }),
    ]
    const session = await call(server, endpoints.createImportSession, { body: { source_path: '/photos' } })
    const groups = await groupsOf(server, photos, name)
    const everyPhoto = [...photos, ...victim.photos]
    return new Attacker(
      [
        [],
        asBearer('nonsense'),
        ...Array.from({ length: 4 }, () => asBearer(tokens.access_token)),
        ...keys.map(({ key }) => asBearer(key)),
        [
          ['cookie', cookieFrom(registered) ?? ''],
          ['origin', origin],
        ],
      ],
      {
        ref: everyPhoto.flatMap(({ id, hothash }) => [id, hothash]),
        hothash: everyPhoto.map(({ hothash }) => hothash),
        id: [1, 2, victim.id, tokens.user.id, session.id, ...keys.map(({ id }) => id)],
        import_session_id: [session.id, session.id - 1],
        'import-sessions/id': [session.id],
        ...groups,
        'spaces/user_id': ['me', tokens.user.id, victim.id],
        scope: ['all', 'mine', 'victim', name, 'read', 'import', 'full'],
        username: [name, 'victim'],
        email: [account.email],
        password: [PASSWORD],
        current_password: [PASSWORD],
        refresh_token: [tokens.refresh_token],
        hotpreview_base64: [aJpeg(name).toString('base64')],
        file: [aJpeg('large', { width: 320, height: 160 }), aJpeg(name), Buffer.from('no picture')],
        '#NewPhotoInput': Array.from({ length: 3 }, () => anEgg()),
      },
    )
  }

  constructor(credentials: readonly Credentials[], pool: Sampling['pool']) {
    this.credentials = credentials
    this.pool = pool
  }
}
