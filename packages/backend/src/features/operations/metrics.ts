import { Counter, Histogram, Registry, collectDefaultMetrics } from 'prom-client'

/** From a thumbnail out of memory to an import that waits for its disk. */
const SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30]

interface Served {
  readonly method: string
  /** The route's pattern, never the path: that would tell of photos. Undefined where nothing is served. */
  readonly route: string | undefined
  readonly status: number
  readonly seconds: number
}

/** What Prometheus reads of this process: requests, event loop, memory, photos created. No user and no photo is in it. */
export class Metrics {
  readonly #registry = new Registry()
  readonly #requests = new Histogram({
    name: 'imalink_http_request_duration_seconds',
    help: 'Time from the first byte of a request to the last of its answer, by route and status.',
    labelNames: ['method', 'route', 'status'],
    buckets: SECONDS,
    registers: [this.#registry],
  })
  readonly #photosCreated = new Counter({
    name: 'imalink_photos_created_total',
    help: 'Photos that were created, duplicates left out.',
    registers: [this.#registry],
  })

  constructor() {
    collectDefaultMetrics({ register: this.#registry })
  }

  requestServed({ method, route = 'none', status, seconds }: Served): void {
    this.#requests.observe({ method, route, status }, seconds)
  }

  photosCreated(count: number): void {
    this.#photosCreated.inc(count)
  }

  /** In Prometheus' text format. */
  text(): Promise<string> {
    return this.#registry.metrics()
  }
}
