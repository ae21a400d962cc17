import { fork } from 'node:child_process'
import { once } from 'node:events'
import type { Measurement } from '../../../scripts/measurement.ts'
import { type AnEgg, aJpeg, anEgg, sha256 } from '../tests/an-egg.ts'
import { insertBare } from './bare-inserts.ts'
import { RunningBackend } from './running-backend.ts'

const HOTPREVIEW_BYTES = 6000
const CONNECTIONS = 8
const SINGLE_EGGS = 1500
const BATCH = 100
const BATCHED_EGGS = 8500
const READS = 3000
const TIMELINE_READS = 50

/**
 * Eggs a second into the backend over HTTP beside prepared inserts of the same rows; thumbnails a second beside a bare
 * route that serves the same bytes from memory; the timeline by year over what was stored. On SQLite.
 */
export async function benchBackend(): Promise<Measurement[]> {
  const backend = await RunningBackend.start()
  try {
    const single = await measureSingle(backend)
    const { measurement: batched, eggs } = await measureBatches(backend)
    return [single, batched, await measureHotpreviews(backend, eggs), await measureTimeline(backend)]
  } finally {
    await backend.stop()
  }
}

async function measureSingle(backend: RunningBackend): Promise<Measurement> {
  const eggs = makeEggs('single', SINGLE_EGGS)
  const bodies = eggs.map((egg) => JSON.stringify(egg))
  const value = await perSecond(bodies, (body) => backend.post('/api/v1/photos/photoegg', body))
  const reference = await insertBare(makeEggs('bare single', SINGLE_EGGS), 1)
  return figure(
    'eggs one by one, beside bare inserts',
    { connections: CONNECTIONS, eggs: SINGLE_EGGS },
    'eggs/s',
    value,
    reference,
  )
}

async function measureBatches(backend: RunningBackend): Promise<{ measurement: Measurement; eggs: AnEgg[] }> {
  const eggs = makeEggs('batch', BATCHED_EGGS)
  const bodies = Array.from({ length: BATCHED_EGGS / BATCH }, (_, index) =>
    JSON.stringify({ photos: eggs.slice(index * BATCH, (index + 1) * BATCH) }),
  )
  const batches = await perSecond(bodies, (body) => backend.post('/api/v1/photos/photoegg/batch', body))
  const reference = await insertBare(makeEggs('bare batch', BATCHED_EGGS), BATCH)
  const params = { connections: CONNECTIONS, eggs: BATCHED_EGGS, batch: BATCH }
  return {
    measurement: figure('eggs in batches, beside bare inserts', params, 'eggs/s', batches * BATCH, reference),
    eggs,
  }
}

async function measureHotpreviews(backend: RunningBackend, eggs: readonly AnEgg[]): Promise<Measurement> {
  const hashes = Array.from({ length: READS }, (_, index) => eggs[index % eggs.length]?.hothash ?? '')
  const value = await perSecond(hashes, (hash) => backend.get(`/api/v1/photos/${hash}/hotpreview`))
  const bytes = eggs[0]?.hotpreview_base64 ?? ''
  const bare = fork(new URL('./bare-route.ts', import.meta.url), [bytes])
  const [origin] = (await once(bare, 'message')) as [string] // as bare-route.ts says it
  const reference = await perSecond(hashes, async (hash) => (await fetch(`${origin}/${hash}`)).arrayBuffer())
  bare.kill()
  return figure(
    'hotpreviews, beside a route from memory',
    { connections: CONNECTIONS, bytes: HOTPREVIEW_BYTES },
    'reads/s',
    value,
    reference,
  )
}

async function measureTimeline(backend: RunningBackend): Promise<Measurement> {
  const times: number[] = []
  for (let read = 0; read < TIMELINE_READS; read++) {
    const start = performance.now()
    await backend.get('/api/v1/timeline?granularity=year')
    times.push(performance.now() - start)
  }
  const median = times.sort((a, b) => a - b)[TIMELINE_READS / 2] ?? 0
  const params = { photos: SINGLE_EGGS + BATCHED_EGGS }
  return { name: 'timeline by year, median', params, value: median, unit: 'ms', reference: null, ratio: null }
}

/** Eggs of different pictures with hotpreviews as large as real ones, over twenty years. */
function makeEggs(kind: string, count: number): AnEgg[] {
  return Array.from({ length: count }, (_, index) => {
    const seed = `${kind} ${index} `.padEnd(HOTPREVIEW_BYTES, '.')
    const hotpreview = aJpeg(seed)
    const egg = anEgg({ seed: `${kind} ${index}`, taken_at: takenAt(index) })
    return { ...egg, hothash: sha256(hotpreview), hotpreview_base64: hotpreview.toString('base64') }
  })
}

function takenAt(index: number): string {
  const two = (value: number) => String(value).padStart(2, '0')
  return `${2005 + (index % 20)}-${two((index % 12) + 1)}-${two((index % 28) + 1)}T${two(index % 24)}:00:00`
}

/** Does all the work over so many connections at once; answers how much a second. */
async function perSecond(work: readonly string[], step: (item: string) => Promise<unknown>): Promise<number> {
  const waiting = work.values()
  const connection = async () => {
    for (const item of waiting) await step(item)
  }
  const start = performance.now()
  await Promise.all(Array.from({ length: CONNECTIONS }, connection))
  return (work.length * 1000) / (performance.now() - start)
}

function figure(
  name: string,
  params: Measurement['params'],
  unit: string,
  value: number,
  reference: number,
): Measurement {
  return { name, params, unit, value, reference, ratio: value / reference }
}
