import type { reportJson } from '../src/import/report.ts'

type Report = ReturnType<typeof reportJson>

/** The one document that `--json` prints; throws where standard output is anything else. */
export function reportIn(stdout: string): Report {
  return JSON.parse(stdout) as Report // what it holds is what the tests find out
}

interface FileLine {
  readonly event: 'file'
  readonly path: string
  readonly status: 'created' | 'duplicate' | 'known' | 'joined' | 'refused' | 'left_out'
  readonly id?: number
  readonly hothash?: string
  readonly unchanged?: true
}

type Line = FileLine | ({ readonly event: 'end' } & Report)

/** The lines that `--json-lines` prints; one that a kill cut off is left out. */
export function linesIn(stdout: string): Line[] {
  const whole = stdout.split('\n').slice(0, -1)
  return whole.map((line) => JSON.parse(line) as Line) // what they hold is what the tests find out
}

/** What the last line says. */
export function endIn(stdout: string): Report {
  const last = linesIn(stdout).at(-1)
  if (last?.event !== 'end') throw new Error('The output does not end in a report')
  return last
}

/** The photos that the lines name, in their order, with a status if only that is wanted. */
export function photosIn(stdout: string, status?: FileLine['status']): number[] {
  return linesIn(stdout).flatMap((line) =>
    line.event === 'file' && line.id !== undefined && (status === undefined || line.status === status)
      ? [line.id]
      : [],
  )
}
