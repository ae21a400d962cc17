import type { StackSuggestion } from '@imalink/contract'

/** A photo as far as it tells whether it belongs to those beside it. */
export interface Shot {
  readonly hothash: string
  /** Wall-clock time in milliseconds. */
  readonly takenMs: number
  /** Null where it is not known. */
  readonly camera: string | null
  readonly rating: number
  readonly exposureSeconds: number | null
  readonly f_number: number | null
  readonly iso: number | null
  readonly focal_length: number | null
  /** Exposure compensation in EV, null where it is not known. */
  readonly bias: number | null
}

const BURST_GAP_MS = 2000
export const PANORAMA_GAP_MS = 15_000
const FEWEST = { burst: 2, hdr: 3, panorama: 3 } as const
/** Smaller differences are what a meter does by itself. */
const STEP_EV = 0.3

/** Bursts, brackets and panoramas among photos in the order of their time, each photo in one at most. */
export function findStacks(shots: readonly Shot[]): StackSuggestion[] {
  const byCamera = Map.groupBy(
    shots.filter(({ camera }) => camera !== null),
    ({ camera }) => camera,
  )
  return [...byCamera.values()].flatMap((some) => {
    const quick = runs(some, BURST_GAP_MS).filter(({ length }) => length >= FEWEST.burst)
    const taken = new Set(quick.flat())
    const slow = runs(
      some.filter((shot) => !taken.has(shot)),
      PANORAMA_GAP_MS,
    ).flatMap(alikeExposed)
    return [...quick.flatMap(bracketsOrBurst), ...slow.map(asPanorama)]
  })
}

/** Shots one after the other, each begun less than so long after the one before was done. */
function runs(shots: readonly Shot[], gapMs: number): Shot[][] {
  const found: Shot[][] = []
  for (const shot of shots) {
    const run = found.at(-1)
    const last = run?.at(-1)
    if (run && last && pauseMs(last, shot) < gapMs) run.push(shot)
    else found.push([shot])
  }
  return found
}

/** Cameras note whole seconds, so that only an exposure of seconds counts. */
function pauseMs(one: Shot, next: Shot): number {
  const openMs = (one.exposureSeconds ?? 0) * 1000
  return Math.max(next.takenMs - one.takenMs - (openMs >= 1000 ? openMs : 0), 0)
}

function bracketsOrBurst(run: readonly Shot[]): StackSuggestion[] {
  const brackets = bracketsOf(run)
  return brackets.length > 0 ? brackets : [asBurst(run)]
}

/** The run as brackets one after the other, none unless all but a rest at its end are brackets. */
function bracketsOf(run: readonly Shot[]): StackSuggestion[] {
  const steps = stepsOf(run)
  if (!steps || !isAlike(run, ['focal_length'])) return []
  const groups: { shots: Shot[]; steps: number[] }[] = []
  for (const [index, shot] of run.entries()) {
    const step = steps[index] ?? 0
    const group = groups.at(-1)
    // A step that was there already begins the next bracket.
    if (group?.steps.every((other) => Math.abs(other - step) >= STEP_EV)) {
      group.shots.push(shot)
      group.steps.push(step)
    } else groups.push({ shots: [shot], steps: [step] })
  }
  const isRest = (index: number) => index === groups.length - 1 && groups.length > 1
  if (groups.some(({ shots }, index) => shots.length < FEWEST.hdr && !isRest(index))) return []
  return groups
    .filter(({ shots }) => shots.length >= FEWEST.hdr)
    .map((group) => asBracket(group.shots, group.steps))
}

/** Exposure compensation as cameras note it, else the exposure itself, in EV; null where neither is known of all. */
function stepsOf(run: readonly Shot[]): number[] | null {
  const biases = run.flatMap(({ bias }) => bias ?? [])
  if (biases.length === run.length && new Set(biases).size > 1) return biases
  const exposures = run.map(exposureEv)
  const known = exposures.filter((exposure) => exposure !== null)
  const [first] = known
  return first === undefined || known.length < run.length ? null : known.map((exposure) => exposure - first)
}

/** Of the light that is let in: twice as much is one more. */
function exposureEv({ exposureSeconds, f_number, iso }: Shot): number | null {
  if (!exposureSeconds || !f_number || !iso) return null
  return Math.log2((exposureSeconds * iso) / f_number ** 2)
}

type Setting = 'exposureSeconds' | 'f_number' | 'iso' | 'focal_length'
const exposure: readonly Setting[] = ['exposureSeconds', 'f_number', 'iso', 'focal_length']

function isAlike(shots: readonly Shot[], settings: readonly Setting[]): boolean {
  return settings.every((setting) => new Set(shots.map((shot) => shot[setting])).size <= 1)
}

/** Parts of a run all of whose settings are known and the same. */
function alikeExposed(run: readonly Shot[]): Shot[][] {
  const parts: Shot[][] = []
  for (const shot of run) {
    const part = parts.at(-1)
    const [first] = part ?? []
    if (part && first && isAlike([first, shot], exposure)) part.push(shot)
    else parts.push([shot])
  }
  return parts.filter(
    (part) =>
      part.length >= FEWEST.panorama &&
      part.every((shot) => exposure.every((setting) => shot[setting] !== null)),
  )
}

function asBurst(run: readonly Shot[]): StackSuggestion {
  const best = run.toSorted((a, b) => b.rating - a.rating || a.takenMs - b.takenMs)[0]
  return suggest('burst', run, best, `${run.length} photos of ${nameOf(run)}, ${pausesOf(run)}.`)
}

function asBracket(run: readonly Shot[], steps: readonly number[]): StackSuggestion {
  const written = steps.map((step) => `${step > 0 ? '+' : ''}${Math.round(step * 10) / 10 + 0}`).join(', ')
  const middle = steps.toSorted((a, b) => a - b)[Math.floor((steps.length - 1) / 2)] ?? 0
  const explanation = `${run.length} photos of ${nameOf(run)}, ${pausesOf(run)}, exposed by ${written} EV.`
  return suggest('hdr', run, run[steps.indexOf(middle)], explanation)
}

function asPanorama(run: readonly Shot[]): StackSuggestion {
  const explanation = `${run.length} photos of ${nameOf(run)} with the same exposure (${exposureOf(run)}), ${pausesOf(run)}.`
  return suggest('panorama', run, run[Math.floor((run.length - 1) / 2)], explanation)
}

function suggest(
  stack_type: StackSuggestion['stack_type'],
  run: readonly Shot[],
  cover: Shot | undefined,
  explanation: string,
): StackSuggestion {
  const photo_hothashes = run.map(({ hothash }) => hothash)
  return {
    stack_type,
    cover_photo_hothash: cover?.hothash ?? photo_hothashes[0] ?? '',
    photo_hothashes,
    explanation,
  }
}

const nameOf = ([first]: readonly Shot[]) => `one camera (${first?.camera})`

function pausesOf(run: readonly Shot[]): string {
  const longest = run.slice(1).map((shot, index) => pauseMs(run[index] ?? shot, shot))
  return `at most ${Math.round(Math.max(...longest) / 100) / 10} s apart`
}

function exposureOf([first]: readonly Shot[]): string {
  const { exposureSeconds: seconds = null, f_number = null, iso = null, focal_length = null } = first ?? {}
  const time = seconds !== null && seconds < 0.5 ? `1/${Math.round(1 / seconds)}` : seconds
  return `${time} s, f/${f_number}, ISO ${iso}, ${focal_length} mm`
}
