import { setTimeout as delay } from 'node:timers/promises'
import { type Server, call } from '@imalink/client'
import { endpoints } from '@imalink/contract'
import { anEgg, withColdpreview } from '../../packages/backend/tests/an-egg.ts'
import { startPostgres } from '../postgres-server.ts'
import { lastingServer, startInstallation } from './installation.ts'
import { preview } from './photos-of.ts'
import { randomness } from './randomness.ts'

const CLIENTS = 4
/** What each client keeps at a time: what comes goes again, so that only what the server forgets to let go can grow. */
const PHOTOS = 400
const BATCH = 20
/** Different larger previews, few because bytes that nobody refers to any more stay for a day. */
const PICTURES = 20
const YEARS = 20

interface LoadOptions {
  /** Decides what is asked. */
  readonly seed: number
  readonly periods: number
  readonly periodMs: number
  onPeriod?(period: number): void
}

/** Resident bytes of the server at the end of each period, and what it answered meanwhile. */
export interface MemoryReport {
  readonly resident: readonly number[]
  readonly requests: number
}

/** Keeps a backend on the engine as busy as it can be with requests of all kinds, and looks at its memory. */
export async function loadBackend(
  engine: 'sqlite' | 'postgres',
  options: LoadOptions,
): Promise<MemoryReport> {
  const postgres = engine === 'postgres' ? await startPostgres() : null
  const installation = await startInstallation(
    postgres ? { DATABASE_URL: postgres.url, IMALINK_SECRET: 'a secret for tests, 32 bytes long.' } : {},
  )
  const clients: Client[] = []
  try {
    for (let number = 0; number < CLIENTS; number++) {
      const server = await lastingServer(await installation.newAccount())
      clients.push(new Client(server, randomness(options.seed + number)))
    }
    const working = Promise.all(clients.map((client) => client.work()))
    const watching = watch(() => installation.backend.residentBytes(), options)
    // A client that fails ends it at once.
    const resident = await Promise.race([watching, working.then(() => watching)])
    for (const client of clients) client.stop()
    await working
    return { resident, requests: clients.reduce((sum, { requests }) => sum + requests, 0) }
  } finally {
    for (const client of clients) client.stop()
    await installation.end()
    await postgres?.stop()
  }
}

async function watch(residentBytes: () => number, options: LoadOptions): Promise<number[]> {
  const resident: number[] = []
  for (let period = 1; period <= options.periods; period++) {
    await delay(options.periodMs)
    resident.push(residentBytes())
    options.onPeriod?.(period)
  }
  return resident
}

/** One user, who does one thing after the other until they are stopped. */
class Client {
  readonly #server: Server
  readonly #random: () => number
  readonly #photos: string[] = []
  #isStopped = false
  requests = 0

  constructor(server: Server, random: () => number) {
    this.#server = server
    this.#random = random
  }

  stop(): void {
    this.#isStopped = true
  }

  async work(): Promise<void> {
    const things = [
      () => this.#create(),
      () => this.#createBatch(),
      () => this.#edit(),
      () => this.#tag(),
      () => this.#look(),
      () => this.#look(),
      () => this.#browse(),
      () => this.#search(),
      () => this.#readTimeline(),
    ]
    while (!this.#isStopped) {
      await (this.#photos.length > PHOTOS ? this.#makeRoom() : things[this.#below(things.length)]?.())
      this.requests++
    }
  }

  #below(limit: number): number {
    return Math.floor(this.#random() * limit)
  }

  #ref(): { ref: string } {
    return { ref: this.#photos[this.#below(this.#photos.length)] ?? '1' }
  }

  #anEgg() {
    const taken_at = `${2005 + this.#below(YEARS)}-0${1 + this.#below(9)}-1${this.#below(10)}T12:00:00`
    return withColdpreview(anEgg({ taken_at, tags: [`tag ${this.#below(50)}`] }), `${this.#below(PICTURES)}`)
  }

  async #create(): Promise<void> {
    const { hothash } = await call(this.#server, endpoints.createPhoto, { body: this.#anEgg() })
    this.#photos.push(hothash)
  }

  async #createBatch(): Promise<void> {
    const photos = Array.from({ length: BATCH }, () => this.#anEgg())
    await call(this.#server, endpoints.createPhotos, { body: { photos } })
    this.#photos.push(...photos.map(({ hothash }) => hothash))
  }

  /** Deletes the oldest for good. */
  async #makeRoom(): Promise<void> {
    const params = { ref: this.#photos.shift() ?? '1' }
    await call(this.#server, endpoints.deletePhoto, { params, query: { permanent: 'true' } })
  }

  async #edit(): Promise<void> {
    if (this.#photos.length === 0) return
    const body = { rating: this.#below(6), title: `title ${this.#below(1000)}` }
    await call(this.#server, endpoints.editPhoto, { params: this.#ref(), body })
  }

  async #tag(): Promise<void> {
    if (this.#photos.length === 0) return
    const body = { tags: [`tag ${this.#below(50)}`] }
    await call(this.#server, endpoints.addPhotoTags, { params: this.#ref(), body })
  }

  async #look(): Promise<void> {
    if (this.#photos.length === 0) return
    await preview(this.#server, this.#ref().ref, 'hotpreview')
    await preview(this.#server, this.#ref().ref, 'coldpreview')
    await call(this.#server, endpoints.getPhoto, { params: this.#ref() })
  }

  async #browse(): Promise<void> {
    const first = await call(this.#server, endpoints.listPhotos, { query: { limit: '100' } })
    const { next_cursor: cursor } = first.meta
    if (cursor) await call(this.#server, endpoints.listPhotos, { query: { limit: '100', cursor } })
  }

  async #search(): Promise<void> {
    const body = { tags: [`tag ${this.#below(50)}`], rating_min: this.#below(6), scope: 'mine' }
    await call(this.#server, endpoints.searchPhotos, { body })
  }

  async #readTimeline(): Promise<void> {
    const year = String(2005 + this.#below(YEARS))
    await call(this.#server, endpoints.timeline, { query: {} })
    await call(this.#server, endpoints.timeline, { query: { granularity: 'month', year } })
  }
}

/**
 * How much more the server holds at the end than once it had settled: the median of the last quarter of the periods by that
 * of the second.
 */
export function growth({ resident }: MemoryReport): number {
  const quarter = Math.floor(resident.length / 4)
  return median(resident.slice(-quarter)) / median(resident.slice(quarter, 2 * quarter))
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN
}
