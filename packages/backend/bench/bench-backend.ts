import { hash, verify } from '@node-rs/bcrypt'
import type { Measurement } from '../../../scripts/measurement.ts'
import { type AnEgg, anEgg, sha256 } from '../tests/an-egg.ts'
import { aJpegOf } from './a-jpeg-of.ts'
import { BareServer } from './bare-server.ts'
import { insertBare } from './bare-inserts.ts'
import { LeanClient } from './lean-client.ts'
import { ACCOUNT, type Engine, RunningBackend } from './running-backend.ts'

const HOTPREVIEW_BYTES = 6000
const CONNECTIONS = 8
const SINGLE_EGGS = 3000
const BATCH = 100
const BATCHED_EGGS = 8500
const READERS = 16
/** Reads before the first that counts: until then both programs are still being compiled. */
const WARM_UP = 40_000
const READS = 10_000
const ROUNDS = 5
const TIMELINE_READS = 50
const LOGINS = 15
/** The server's own, where nothing else is set. */
const BCRYPT_COST = 12
const ENGINES = ['sqlite', 'postgres'] as const

/**
 * Eggs a second into the backend over HTTP beside prepared inserts of the same rows, on SQLite; thumbnails beside a bare route
 * that serves the same bytes, from memory where the database is SQLite, else read there by their primary key; the timeline
 * by year over what was stored; signing in beside the comparison of passwords alone.
 */
export async function benchBackend(): Promise<Measurement[]> {
  const measurements: Measurement[] = []
  for (const engine of ENGINES) {
    const backend = await RunningBackend.start(engine)
    const client = new LeanClient(backend.address, { connections: READERS, token: backend.token })
    try {
      measurements.push(...(await measureEngine(engine, backend, client)))
    } finally {
      client.close()
      await backend.stop()
    }
  }
  return measurements
}

async function measureEngine(
  engine: Engine,
  backend: RunningBackend,
  client: LeanClient,
): Promise<Measurement[]> {
  const single = await measureSingle(engine, client)
  const { measurement: batched, eggs } = await measureBatches(engine, client)
  const thumbnails = await measureHotpreviews(engine, { backend, client, eggs })
  return [
    single,
    batched,
    ...thumbnails,
    await measureTimeline(engine, client),
    await measureLogin(engine, client),
  ]
}

async function measureSingle(engine: Engine, client: LeanClient): Promise<Measurement> {
  const eggs = makeEggs('single', SINGLE_EGGS)
  const bodies = eggs.map((egg) => JSON.stringify(egg))
  const value = await perSecond(bodies, CONNECTIONS, (body) => client.post('/api/v1/photos/photoegg', body))
  return figure({
    name: 'eggs one by one, beside bare inserts',
    params: { engine, connections: CONNECTIONS, eggs: SINGLE_EGGS },
    unit: 'eggs/s',
    value,
    reference: engine === 'sqlite' ? await insertBare(makeEggs('bare single', SINGLE_EGGS), 1) : null,
  })
}

async function measureBatches(
  engine: Engine,
  client: LeanClient,
): Promise<{ measurement: Measurement; eggs: AnEgg[] }> {
  const eggs = makeEggs('batch', BATCHED_EGGS)
  const bodies = Array.from({ length: BATCHED_EGGS / BATCH }, (_, index) =>
    JSON.stringify({ photos: eggs.slice(index * BATCH, (index + 1) * BATCH) }),
  )
  const batches = await perSecond(bodies, CONNECTIONS, (body) =>
    client.post('/api/v1/photos/photoegg/batch', body),
  )
  const measurement = figure({
    name: 'eggs in batches, beside bare inserts',
    params: { engine, connections: CONNECTIONS, eggs: BATCHED_EGGS, batch: BATCH },
    unit: 'eggs/s',
    value: batches * BATCH,
    reference: engine === 'sqlite' ? await insertBare(makeEggs('bare batch', BATCHED_EGGS), BATCH) : null,
  })
  return { measurement, eggs }
}

/** A second of the clock, and a second of the server's processor. */
interface Rates {
  readonly perSecond: number
  readonly perCpuSecond: number
}

async function measureHotpreviews(
  engine: Engine,
  { backend, client, eggs }: { backend: RunningBackend; client: LeanClient; eggs: readonly AnEgg[] },
): Promise<Measurement[]> {
  const source =
    engine === 'sqlite' ? { base64: eggs[0]?.hotpreview_base64 ?? '' } : { databaseUrl: backend.databaseUrl }
  const bare = await BareServer.start(source)
  const bareClient = new LeanClient(bare.origin, { connections: READERS, token: backend.token })
  // PostgreSQL needs the other core.
  if (engine === 'sqlite') bareClient.stayAwake()
  const paths = Array.from(
    { length: WARM_UP },
    (_, index) => `/api/v1/photos/${eggs[index % eggs.length]?.hothash}/hotpreview`,
  )
  const [ours, theirs] = await measureInTurn(paths, [
    { client, cpuSeconds: () => backend.cpuSeconds() },
    { client: bareClient, cpuSeconds: () => bare.cpuSeconds() },
  ])
  bareClient.close()
  bare.stop()
  const name = `hotpreviews, beside a bare route ${engine === 'sqlite' ? 'from memory' : 'that reads by primary key'}`
  const params = { engine, connections: READERS, bytes: HOTPREVIEW_BYTES }
  return (['perSecond', 'perCpuSecond'] as const).map((rate) =>
    figure({
      name: `${name}${rate === 'perSecond' ? '' : ", by the server's CPU"}`,
      params,
      unit: rate === 'perSecond' ? 'reads/s' : 'reads/CPU-s',
      value: median(ours.map((rates) => rates[rate])),
      reference: median(theirs.map((rates) => rates[rate])),
    }),
  )
}

interface Reader {
  readonly client: LeanClient
  cpuSeconds(): Promise<number>
}

/** Both warmed up, then read from in turn, so that what else the machine does falls on both. */
async function measureInTurn(
  paths: readonly string[],
  readers: readonly [Reader, Reader],
): Promise<[Rates[], Rates[]]> {
  const rates: [Rates[], Rates[]] = [[], []]
  for (const { client } of readers) await perSecond(paths, READERS, (path) => client.get(path))
  for (let round = 0; round < ROUNDS; round++) {
    rates[0].push(await readFrom(readers[0], paths.slice(0, READS)))
    rates[1].push(await readFrom(readers[1], paths.slice(0, READS)))
  }
  return rates
}

async function readFrom({ client, cpuSeconds }: Reader, paths: readonly string[]): Promise<Rates> {
  const before = await cpuSeconds()
  const rate = await perSecond(paths, READERS, (path) => client.get(path))
  return { perSecond: rate, perCpuSecond: paths.length / ((await cpuSeconds()) - before) }
}

async function measureTimeline(engine: Engine, client: LeanClient): Promise<Measurement> {
  const value = await medianMs(TIMELINE_READS, () => client.get('/api/v1/timeline?granularity=year'))
  const params = { engine, photos: SINGLE_EGGS + BATCHED_EGGS }
  return figure({
    name: 'timeline by year, median',
    params,
    unit: 'ms',
    value,
    reference: null,
  })
}

/** Signing in beside the comparison of the password, which is slow because it is meant to be. */
async function measureLogin(engine: Engine, client: LeanClient): Promise<Measurement> {
  const body = JSON.stringify(ACCOUNT)
  const hashed = await hash(ACCOUNT.password, { cost: BCRYPT_COST })
  return figure({
    name: 'login, beside bcrypt alone',
    params: { engine, photos: SINGLE_EGGS + BATCHED_EGGS },
    unit: 'ms',
    value: await medianMs(LOGINS, () => client.post('/api/v1/auth/login', body)),
    reference: await medianMs(LOGINS, () => verify(ACCOUNT.password, hashed)),
  })
}

async function medianMs(times: number, work: () => Promise<unknown>): Promise<number> {
  const taken: number[] = []
  for (let count = 0; count < times; count++) {
    const start = performance.now()
    await work()
    taken.push(performance.now() - start)
  }
  return median(taken)
}

/** Eggs of different pictures with hotpreviews as large as real ones, over twenty years. */
function makeEggs(kind: string, count: number): AnEgg[] {
  return Array.from({ length: count }, (_, index) => {
    const hotpreview = aJpegOf(HOTPREVIEW_BYTES, `${kind} ${index}`)
    const egg = anEgg({ seed: `${kind} ${index}`, taken_at: takenAt(index) })
    return { ...egg, hothash: sha256(hotpreview), hotpreview_base64: hotpreview.toString('base64') }
  })
}

function takenAt(index: number): string {
  const two = (value: number) => String(value).padStart(2, '0')
  return `${2005 + (index % 20)}-${two((index % 12) + 1)}-${two((index % 28) + 1)}T${two(index % 24)}:00:00`
}

/** Does all the work over so many connections at once; answers how much a second. */
async function perSecond(
  work: readonly string[],
  connections: number,
  step: (item: string) => Promise<unknown>,
): Promise<number> {
  const waiting = work.values()
  const connection = async () => {
    for (const item of waiting) await step(item)
  }
  const start = performance.now()
  await Promise.all(Array.from({ length: connections }, connection))
  return (work.length * 1000) / (performance.now() - start)
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN
}

function figure(measured: Omit<Measurement, 'ratio'>): Measurement {
  const { value, reference } = measured
  return { ...measured, ratio: reference === null ? null : value / reference }
}
