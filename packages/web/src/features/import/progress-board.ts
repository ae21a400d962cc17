import type { Outcome } from '@imalink/client'
import { type ImportState, type Refusal, beginning, isOver, refusalOf } from './import-state.ts'
import type { LeftOut } from './left-out.ts'
import { withSample } from './time-left.ts'

const SHOW_EVERY_MS = 200
const TELL_EVERY_MS = 3000

export type ProgressBoard = ReturnType<typeof progressBoard>

/**
 * The state of an import: changed as often as something happens, shown five times a second at most.
 * `onPhotos` is called every three seconds at most when photos came in.
 */
export function progressBoard(title: string, onPhotos: () => void) {
  let state = beginning(title)
  let shown = state
  let timer: ReturnType<typeof setTimeout> | undefined
  const refusals: Refusal[] = []
  const listeners = new Set<() => void>()
  const told = { atMs: performance.now(), created: 0 }

  const publish = () => {
    timer = undefined
    const now = performance.now()
    shown = state = {
      ...state,
      refusals: refusals.length === state.refusals.length ? state.refusals : [...refusals],
      samples: isOver(state)
        ? state.samples
        : withSample(state.samples, { atMs: now, done: state.counts.done }),
    }
    listeners.forEach((listener) => listener())
    if (now - told.atMs < TELL_EVERY_MS || told.created === state.counts.created) return
    Object.assign(told, { atMs: now, created: state.counts.created })
    onPhotos()
  }
  const show = (change: Partial<ImportState>) => {
    state = { ...state, ...change }
    timer ??= setTimeout(publish, SHOW_EVERY_MS)
  }
  return {
    current: () => state,
    shown: () => shown,
    show,
    subscribe(listener: () => void) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    scanned(found: number, reasons: readonly LeftOut[]) {
      const leftOut = { ...state.leftOut }
      for (const reason of reasons) leftOut[reason]++
      show({ found: state.found + found, leftOut })
    },
    outcome(outcome: Outcome, counts: ImportState['counts']) {
      const refusal = refusalOf(outcome)
      if (refusal) refusals.push(refusal)
      const isInTrash = outcome.status !== 'refused' && outcome.in_trash
      show({ counts, inTrash: state.inTrash + (isInTrash ? 1 : 0) })
    },
  }
}
