import type { Admission } from './admission.ts'
import type { ImagePool } from './pool.ts'

/** Counts answers by route and status, and shows them with the state of the queue, as Prometheus reads it. */
export class Metrics {
  readonly #answers = new Map<string, number>()

  count(route: string, status: number): void {
    const key = `route="${route}",status="${status}"`
    this.#answers.set(key, (this.#answers.get(key) ?? 0) + 1)
  }

  text({ pool, admission }: { readonly pool: ImagePool; readonly admission: Admission }): string {
    const answers = [...this.#answers].map(
      ([labels, count]) => `imalink_core_answers_total{${labels}} ${count}`,
    )
    return [
      '# HELP imalink_core_answers_total Answers by route and status.',
      '# TYPE imalink_core_answers_total counter',
      ...answers,
      ...gauge('workers_busy', 'Image workers at work.', pool.busy),
      ...gauge('images_waiting', 'Images received that wait for a worker.', pool.waiting),
      ...gauge('uploads_waiting', 'Uploads that wait to be received.', admission.waiting),
      ...gauge(
        'resident_bytes',
        'Memory of the server process, without its workers.',
        process.memoryUsage.rss(),
      ),
      '',
    ].join('\n')
  }
}

function gauge(name: string, help: string, value: number): string[] {
  return [
    `# HELP imalink_core_${name} ${help}`,
    `# TYPE imalink_core_${name} gauge`,
    `imalink_core_${name} ${value}`,
  ]
}
