import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from 'prom-client'
import type { Admission } from './admission.ts'
import type { ImagePool } from './pool.ts'

/** From a small preview to the time limit of one image. */
const SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60]

interface Answer {
  /** The route, never the path; undefined where nothing is served. */
  readonly route: string | undefined
  readonly status: number
  readonly seconds: number
}

interface Queue {
  readonly pool: Pick<ImagePool, 'busy' | 'waiting'>
  readonly admission: Pick<Admission, 'inside' | 'waiting'>
}

/** What Prometheus reads of core: its answers, its queue, its event loop and memory. Nothing of any image is in it. */
export class Metrics {
  readonly #registry = new Registry()
  readonly #answers = new Counter({
    name: 'imalink_core_answers_total',
    help: 'Answers by route and status.',
    labelNames: ['route', 'status'],
    registers: [this.#registry],
  })
  readonly #durations = new Histogram({
    name: 'imalink_core_answer_duration_seconds',
    help: 'Time from the first byte of a request to the last of its answer, by route.',
    labelNames: ['route'],
    buckets: SECONDS,
    registers: [this.#registry],
  })

  constructor({ pool, admission }: Queue) {
    collectDefaultMetrics({ register: this.#registry })
    this.#showNow('workers_busy', 'Image workers at work.', () => pool.busy)
    this.#showNow('images_waiting', 'Images received that wait for a worker.', () => pool.waiting)
    this.#showNow('uploads_inside', 'Uploads being received, waiting or worked on.', () => admission.inside)
    this.#showNow('uploads_waiting', 'Uploads that wait to be received.', () => admission.waiting)
  }

  answered({ route = 'none', status, seconds }: Answer): void {
    this.#answers.inc({ route, status })
    this.#durations.observe({ route }, seconds)
  }

  /** In Prometheus' text format. */
  text(): Promise<string> {
    return this.#registry.metrics()
  }

  /** A number as it is when it is asked for. */
  #showNow(name: string, help: string, read: () => number): void {
    new Gauge({
      name: `imalink_core_${name}`,
      help,
      registers: [this.#registry],
      collect() {
        this.set(read())
      },
    })
  }
}
