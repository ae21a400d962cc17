export interface BatchRules<Item, Result> {
  readonly maxItems: number
  readonly maxBytes: number
  /** How long the first item of a batch waits for company. */
  readonly lingerMs: number
  bytesOf(item: Item): number
  /** One result an item, in the same order. What it throws is thrown to everybody in the batch. */
  send(items: readonly Item[]): Promise<readonly Result[]>
}

interface Entry<Item, Result> {
  readonly item: Item
  readonly resolve: (result: Result) => void
  readonly reject: (error: unknown) => void
}

interface OpenBatch<Item, Result> {
  readonly entries: Entry<Item, Result>[]
  bytes: number
  timer: ReturnType<typeof setTimeout>
}

/** Collects single items into batches that go when they are full or have waited long enough. */
export function batcher<Item, Result>(rules: BatchRules<Item, Result>): (item: Item) => Promise<Result> {
  let open: OpenBatch<Item, Result> | null = null

  const close = () => {
    const batch = open
    open = null
    if (!batch) return
    clearTimeout(batch.timer)
    void deliver(rules, batch.entries)
  }

  return (item) =>
    new Promise((resolve, reject) => {
      const bytes = rules.bytesOf(item)
      if (open && open.bytes + bytes > rules.maxBytes) close()
      open ??= { entries: [], bytes: 0, timer: setTimeout(close, rules.lingerMs) }
      open.entries.push({ item, resolve, reject })
      open.bytes += bytes
      if (open.entries.length >= rules.maxItems || open.bytes >= rules.maxBytes) close()
    })
}

async function deliver<Item, Result>(
  rules: BatchRules<Item, Result>,
  entries: readonly Entry<Item, Result>[],
): Promise<void> {
  try {
    const results = await rules.send(entries.map(({ item }) => item))
    if (results.length !== entries.length) throw new Error('The server answered another number of items')
    // The lengths are equal, so every entry has its result.
    entries.forEach(({ resolve }, index) => resolve(results[index] as Result))
  } catch (error) {
    for (const { reject } of entries) reject(error)
  }
}
