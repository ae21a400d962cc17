import { setTimeout as delay } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { expect, test } from 'vitest'
import { ModelBackend, modelCore } from '../../tests/model-servers.ts'
import type { SourceGroup } from '../import.ts'
import { importFiles } from './import-files.ts'
import { ORIGINALS_IN_MEMORY } from './original.ts'
import { surveyFiles } from './survey-files.ts'

const MIB = 1024 * 1024
const FILES = 20
const FILE_BYTES = 16 * MIB

setFlagsFromString('--expose-gc')
const collectGarbage = runInNewContext('gc') as () => void // It is what the flag has made.

/** Large files, read one after the other; `mark` makes their bytes differ. */
function largeFiles(mark: (number: number) => number): { groups: SourceGroup[]; reads: () => number } {
  const scene = new TextEncoder().encode('{"shows":"x"}')
  let reads = 0
  const groups = Array.from({ length: FILES }, (_, number) => {
    const filename = `IMG_${number}.JPG`
    const read = async () => {
      reads++
      const bytes = new Uint8Array(FILE_BYTES).fill(mark(number), scene.length)
      bytes.set(scene)
      return bytes
    }
    const file = { filename, path: `/a/${filename}`, volume: '', size: FILE_BYTES, modifiedAt: null, read }
    return { files: [file], sidecars: [] }
  })
  return { groups, reads: () => reads }
}

/** How many bytes are held when all files have been read. */
async function heldAfter(reads: () => number): Promise<number> {
  await expect.poll(reads, { timeout: 30_000 }).toBe(FILES)
  await delay(500)
  collectGarbage()
  return process.memoryUsage().arrayBuffers
}

test(
  'files that wait for another of the same bytes hold no bytes of their own',
  { timeout: 60_000 },
  async () => {
    const core = await modelCore()
    const [backend, answer] = [new ModelBackend(), Promise.withResolvers<void>()]
    const { createPhotos } = backend
    backend.createPhotos = (...asked) => answer.promise.then(() => createPhotos(...asked))
    const { groups, reads } = largeFiles(() => 32)

    const importing = importFiles(groups, {
      ...{ backend, eggs: core.layer, sessionId: null, coldpreviewSize: null, jobs: 1 },
      signal: new AbortController().signal,
      onOutcome: () => undefined,
    })
    const held = await heldAfter(reads)
    answer.resolve()
    const counts = await importing
    core.close()

    expect(counts).toMatchObject({ created: 1, duplicates: FILES - 1 })
    expect(held).toBeLessThan(ORIGINALS_IN_MEMORY)
  },
)

test('a survey holds no bytes while the backend is away', { timeout: 60_000 }, async () => {
  const [backend, answer] = [new ModelBackend(), Promise.withResolvers<void>()]
  const { known } = backend
  backend.known = (...asked) => answer.promise.then(() => known(...asked))
  const { groups, reads } = largeFiles((number) => 33 + number)
  let surveyed = 0

  const surveying = surveyFiles(groups, {
    backend,
    signal: new AbortController().signal,
    onSurveyed: () => surveyed++,
  })
  const held = await heldAfter(reads)
  answer.resolve()
  await surveying

  expect(surveyed).toBe(FILES)
  expect(held).toBeLessThan(ORIGINALS_IN_MEMORY)
})

test('side-cars count as what they take in memory', { timeout: 60_000 }, async () => {
  const [core, backend, answer] = [await modelCore(), new ModelBackend(), Promise.withResolvers<void>()]
  const { known } = backend
  backend.known = (...asked) => answer.promise.then(() => known(...asked))
  let xmpBytes = 0
  const groups = Array.from({ length: 300 }, (_, number): SourceGroup => {
    const about = { path: `/a/${number}`, volume: '', modifiedAt: null }
    const scene = new TextEncoder().encode(`{"shows":"${number}"}`)
    const read = () => {
      xmpBytes += MIB
      return Promise.resolve(new Uint8Array(MIB).fill(32))
    }
    return {
      files: [
        { ...about, filename: `${number}.JPG`, size: scene.length, read: () => Promise.resolve(scene) },
      ],
      sidecars: [{ ...about, filename: `${number}.xmp`, size: MIB, read }],
    }
  })

  const importing = importFiles(groups, {
    ...{ backend, eggs: core.layer, sessionId: null, coldpreviewSize: null, jobs: 1 },
    signal: new AbortController().signal,
    onOutcome: () => undefined,
  })
  await delay(3000)
  const held = xmpBytes
  answer.resolve()
  const counts = await importing
  core.close()

  expect(counts).toMatchObject({ created: 300 })
  expect(held).toBeGreaterThan(MIB)
  expect(held).toBeLessThanOrEqual(ORIGINALS_IN_MEMORY)
})
