import { createHash, randomBytes } from 'node:crypto'
import { setTimeout } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import type { PreviewStore, Wanted } from './preview-store.ts'

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

    test('are counted with their bytes, each once', async () => {
      const { store } = await open()
      const [one, other] = [picture(1000), picture(234)]

      expect(await store.size()).toEqual({ files: 0, bytes: 0 })
      for (const { sha256, bytes } of [one, other, one]) await store.put(sha256, bytes)

      expect(await store.size()).toEqual({ files: 2, bytes: 1234 })
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

  describe(`sweeping previews on ${adapter}`, () => {
    const nobodyWants: Wanted = async () => new Set()
    const asking: [string, number][] = [
      ['first', 1],
      ['once more', 2],
    ]

    /** A store with one picture, and a moment at which that is old. */
    async function withOldPicture() {
      const { store, reopen } = await open()
      const { sha256, bytes } = picture()
      await store.put(sha256, bytes)
      await setTimeout(20)
      const since = Date.now()
      await setTimeout(20)
      const sweep = (wanted: Wanted) => reopen().sweep(sha256.slice(0, 2), since, wanted)
      return { store, sha256, bytes, sweep, put: () => reopen().put(sha256, bytes) }
    }

    test('removes what is old and not wanted, and says how many', async () => {
      const { store, sha256, sweep } = await withOldPicture()

      const removed = [await sweep(nobodyWants), await sweep(nobodyWants)]

      expect(removed).toEqual([1, 0])
      expect(await store.get(sha256)).toBeNull()
    })

    test('leaves what is wanted, what is new, and what begins with other digits', async () => {
      const { store, sha256, bytes, sweep, put } = await withOldPicture()
      const others = sha256.startsWith('00') ? '01' : '00'

      const removed = [
        await sweep(async (asked) => new Set(asked)),
        await store.sweep(others, Infinity, nobodyWants),
      ]
      await put()
      removed.push(await sweep(nobodyWants))

      expect(removed).toEqual([0, 0, 0])
      expect(await store.get(sha256)).toEqual(bytes)
    })

    test.each(asking)('leaves what is put while it asks %s', async (_when, time) => {
      const { store, sha256, bytes, sweep, put } = await withOldPicture()
      let asked = 0

      await sweep(async () => {
        if (++asked === time) await put()
        return new Set()
      })

      expect(asked).toBeGreaterThanOrEqual(time)
      expect(await store.get(sha256)).toEqual(bytes)
    })

    test('leaves what turns out to be wanted when it asks again, and can be read all the time', async () => {
      const { store, sha256, bytes, sweep } = await withOldPicture()
      const seen: (Buffer | null)[] = []

      const removed = await sweep(async (asked) => {
        seen.push(await store.get(sha256))
        return new Set(seen.length > 1 ? asked : [])
      })
      seen.push(await store.get(sha256))

      expect(removed).toBe(0)
      expect(seen).toEqual([bytes, bytes, bytes])
    })

    test.each(asking)(
      'that ends while it asks %s takes nothing, and is finished later',
      async (_when, time) => {
        const { store, sha256, bytes, sweep, put } = await withOldPicture()
        let asked = 0
        const broken = sweep(async () => {
          if (++asked === time) throw new Error('killed')
          return new Set()
        })
        await expect(broken).rejects.toThrow('killed')
        expect(await store.get(sha256)).toEqual(bytes)

        await sweep(async (all) => new Set(all))
        expect(await store.get(sha256)).toEqual(bytes)

        await put()
        expect(await store.sweep(sha256.slice(0, 2), Infinity, nobodyWants)).toBe(1)
        expect(await store.get(sha256)).toBeNull()
      },
    )

    test('in the middle of another sweep takes nothing that is put meanwhile', async () => {
      const { store, sha256, bytes, sweep, put } = await withOldPicture()
      let asked = 0

      await sweep(async () => {
        if (++asked === 2) {
          await put()
          await sweep(nobodyWants)
        }
        return new Set()
      })

      expect(await store.get(sha256)).toEqual(bytes)
    })
  })
}
