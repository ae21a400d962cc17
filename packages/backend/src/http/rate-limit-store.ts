import type { FastifyRateLimitStore } from '@fastify/rate-limit'

/** Counts a call against `key` and answers how many there were in its window, and when that ends. */
export type CountHit = (key: string, windowMs: number) => Promise<{ hits: number; resetsAt: number }>

/** A store of the rate limiter's that keeps its counts where every process sees them. */
export function makeRateLimitStore(countHit: CountHit): new () => FastifyRateLimitStore {
  return class SharedStore implements FastifyRateLimitStore {
    incr(
      key: string,
      callback: (error: Error | null, result?: { current: number; ttl: number }) => void,
      timeWindow: number,
    ): void {
      countHit(key, timeWindow).then(
        ({ hits, resetsAt }) => callback(null, { current: hits, ttl: Math.max(resetsAt - Date.now(), 0) }),
        (error: unknown) => callback(error instanceof Error ? error : new Error(String(error))),
      )
    }

    child(): FastifyRateLimitStore {
      return this
    }
  }
}
