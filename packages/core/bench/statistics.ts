/** The items one after the other, from the start again where they end. */
export function cycled<T>(items: readonly T[], count: number): T[] {
  if (items.length === 0) throw new Error('There is nothing to measure with')
  return Array.from({ length: count }, (_, n) => items[n % items.length] as T) // an index within
}

export function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN
}

/** Processor time of this process and its threads. */
export async function cpuMs(work: () => Promise<unknown>): Promise<number> {
  const before = process.cpuUsage()
  await work()
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1000
}

export async function wallMs(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now()
  await work()
  return performance.now() - start
}
