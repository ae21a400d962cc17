import { createHash, randomBytes } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import type { PreviewStore } from './preview-store.ts'

export interface StoreUnderTest {
  readonly store: PreviewStore
  /** Another store over the same place, as a process that starts later opens it. */
  reopen(): PreviewStore
}

/** What every adapter promises; each runs it on an empty store. */
export function previewStoreSuite(adapter: string, open: () => Promise<StoreUnderTest>): void {
  const picture = (size = 1000) => {
    const bytes = randomBytes(size)
    return { bytes, sha256: createHash('sha256').update(bytes).digest('hex') }
  }

  describe(`previews on ${adapter}`, () => {
    test('come back exactly as they were put', async () => {
      const { store } = await open()
      const { sha256, bytes } = picture()

      await store.put(sha256, bytes)

      expect(await store.get(sha256)).toEqual(bytes)
    })

    test('are null where nothing was put', async () => {
      const { store } = await open()

      expect(await store.get(picture().sha256)).toBeNull()
    })

    test('outlive the process that put them', async () => {
      const { store, reopen } = await open()
      const { sha256, bytes } = picture()

      await store.put(sha256, bytes)

      expect(await reopen().get(sha256)).toEqual(bytes)
    })

    test('may be put again', async () => {
      const { store } = await open()
      const { sha256, bytes } = picture()

      await store.put(sha256, bytes)
      await store.put(sha256, bytes)

      expect(await store.get(sha256)).toEqual(bytes)
    })

    test('may be put by many at once, and are whole whenever they can be read', async () => {
      const { store, reopen } = await open()
      const { sha256, bytes } = picture(1_000_000)
      const seen: (Buffer | null)[] = []

      const puts = Array.from({ length: 10 }, () => reopen().put(sha256, bytes))
      const reads = Array.from({ length: 50 }, async () => seen.push(await store.get(sha256)))
      await Promise.all([...puts, ...reads])

      expect(seen.filter((found) => found !== null && !found.equals(bytes))).toEqual([])
      expect(await store.get(sha256)).toEqual(bytes)
    })

    test('keep apart what differs', async () => {
      const { store } = await open()
      const pictures = Array.from({ length: 20 }, () => picture())

      await Promise.all(pictures.map(({ sha256, bytes }) => store.put(sha256, bytes)))

      const found = await Promise.all(pictures.map(({ sha256 }) => store.get(sha256)))
      expect(found).toEqual(pictures.map(({ bytes }) => bytes))
    })

    test('can be kept where the store says that they can', async () => {
      const { store } = await open()
      const { sha256, bytes } = picture()

      await store.check()

      await expect(store.put(sha256, bytes)).resolves.toBeUndefined()
    })
  })
}
