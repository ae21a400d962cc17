import type { SourceGroup } from '../import.ts'
import { Allowance } from './allowance.ts'

const GROUPS_IN_WORK = 256

/**
 * Works on all groups, many at once, taking them as there is room. The first thing thrown by `groups` or `work` stops
 * the rest through `stop`; resolves when nothing is in work any more, stopped or not.
 */
export async function everyGroup(
  groups: AsyncIterable<SourceGroup> | Iterable<SourceGroup>,
  stop: AbortController,
  work: (group: SourceGroup) => Promise<void>,
): Promise<void> {
  const places = new Allowance(GROUPS_IN_WORK, stop.signal)
  const inWork = new Set<Promise<void>>()
  const end = (error: unknown) => stop.abort(error)
  try {
    for await (const group of groups) {
      const leave = await places.take(1)
      const working: Promise<void> = work(group)
        .catch(end)
        .finally(() => {
          leave()
          inWork.delete(working)
        })
      inWork.add(working)
    }
  } catch (error) {
    end(error)
  }
  await Promise.all(inWork)
}

/** A controller that stops when `signal` does; `release` lets go of the signal. */
export function stoppedBy(signal: AbortSignal): { stop: AbortController; release: () => void } {
  const stop = new AbortController()
  const forward = () => stop.abort(signal.reason)
  if (signal.aborted) forward()
  signal.addEventListener('abort', forward, { once: true })
  return { stop, release: () => signal.removeEventListener('abort', forward) }
}
