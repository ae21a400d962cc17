import { Failure, exitCodes } from '../failure.ts'

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const
/** npm and the starting script each pass Ctrl-C on, so one press arrives several times. */
const SAME_PRESS_MS = 1000

/**
 * A signal that aborts when the user or the system asks the program to end. Asked again, it ends at once.
 * `release` gives the system's signals back.
 */
export function interruption(onFirst: () => void): { signal: AbortSignal; release: () => void } {
  const stop = new AbortController()
  let firstMs = 0
  const listener = () => {
    if (!stop.signal.aborted) {
      firstMs = Date.now()
      stop.abort(new Failure('Interrupted.', exitCodes.interrupted))
      onFirst()
    } else if (Date.now() - firstMs > SAME_PRESS_MS) {
      process.exit(exitCodes.interrupted)
    }
  }
  for (const name of SIGNALS) process.on(name, listener)
  const release = () => SIGNALS.forEach((name) => process.off(name, listener))
  return { signal: stop.signal, release }
}
