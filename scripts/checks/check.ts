export interface Counts {
  readonly passed: number
  readonly failed: number
  readonly skipped: number
}

export interface Outcome extends Counts {
  /** What the user needs to see when something failed. */
  readonly output: string
}

export interface Check {
  readonly name: string
  run(): Promise<Outcome>
}

export function pass(): Outcome {
  return { passed: 1, failed: 0, skipped: 0, output: '' }
}

export function fail(output: string): Outcome {
  return { passed: 0, failed: 1, skipped: 0, output }
}

/** The outcome of a check; one that crashes has failed. */
export async function outcomeOf(check: Check): Promise<Outcome> {
  try {
    return await check.run()
  } catch (error) {
    return fail(error instanceof Error ? (error.stack ?? error.message) : String(error))
  }
}

export function sum(outcomes: readonly Counts[]): Counts {
  return outcomes.reduce<Counts>(
    (all, one) => ({
      passed: all.passed + one.passed,
      failed: all.failed + one.failed,
      skipped: all.skipped + one.skipped,
    }),
    { passed: 0, failed: 0, skipped: 0 },
  )
}
