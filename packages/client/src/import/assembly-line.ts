import type { ImageFile, PhotoEgg } from '@imalink/contract'
import pLimit from 'p-limit'
import { ApiError } from '../client.ts'
import type { ImportOptions, Outcome, SourceGroup, Verdict } from '../import.ts'
import { Allowance } from './allowance.ts'
import { concernsTheCaller, photoBytes, photoDelivery, refusal } from './delivery.ts'
import { type Purpose, eggLaying } from './egg-laying.ts'
import { stemOf } from './group-by-name.ts'
import { knownFiles } from './known-files.ts'
import { fileRecord, placeOf, sha256Of } from './new-photo.ts'
import { ORIGINALS_IN_MEMORY, type Original } from './original.ts'
import { LostCauseError, type Patience } from './patience.ts'
import { type LookedUp, type Step, groupPlanning, sentences } from './plan-group.ts'
import { groupReading } from './read-group.ts'
import { wirePath } from './wire-text.ts'

const MIB = 1024 * 1024
const EGGS_IN_MEMORY = 64 * MIB

type Refused = Extract<Verdict, { status: 'refused' }>

/** `isInEgg`: an egg took the file to the backend, which counts it there itself. */
export interface Settled {
  readonly outcome: Outcome
  readonly isInEgg: boolean
}

interface Twin {
  readonly original: Original
  readonly first: Promise<Verdict>
}

interface LineOptions extends ImportOptions {
  readonly patience: { readonly backend: Patience; readonly core: Patience }
  /** Ends everything but the delivery of eggs that are laid. */
  readonly stop: AbortSignal
  /** Ends the delivery too. */
  readonly deliveries: AbortSignal
}

/**
 * The way of one group of files: read and hashed, asked about, laid, delivered; each station works on several groups at
 * once. The returned function throws only what ends the whole import.
 */
export function assemblyLine(options: LineOptions): (group: SourceGroup) => Promise<Settled[]> {
  const { backend, patience, stop, deliveries, jobs } = options
  const read = groupReading(new Allowance(ORIGINALS_IN_MEMORY, stop), stop)
  const find = knownFiles(backend, patience.backend, stop)
  const atCore = pLimit(jobs)
  const room = new Allowance(EGGS_IN_MEMORY, stop)
  const layEgg = eggLaying({ ...options, patience: patience.core })
  const plan = groupPlanning({ ...options, lay })
  const deliver = photoDelivery(backend, patience.backend, deliveries)
  const inWork = new Map<string, Promise<Verdict>>()
  const createdHere = new Set<number>()

  async function settle(group: SourceGroup): Promise<Settled[]> {
    const { originals, refused, note, giveBack } = await read(group)
    try {
      const settled = await settleOriginals(originals, giveBack)
      return [
        ...refused.map(withoutEgg),
        ...settled.map(({ outcome, isInEgg }) => ({ outcome: noted(outcome, note), isInEgg })),
      ]
    } finally {
      giveBack()
    }
  }

  /** Of files with the same bytes the first one is worked on, and the others wait for its verdict. */
  async function settleOriginals(originals: readonly Original[], giveBack: () => void): Promise<Settled[]> {
    const { firsts, twins, verdicts } = claim(originals)
    if (firsts.length === 0) giveBack()
    try {
      const settled = await settleFirsts(firsts, giveBack)
      for (const { outcome } of settled) verdicts.get(outcome.file)?.resolve(outcome)
      return [...settled, ...(await Promise.all(twins.map(settleTwin)))]
    } catch (error) {
      for (const verdict of verdicts.values()) verdict.reject(error)
      throw error
    } finally {
      for (const { sha256 } of firsts) if (sha256 !== null) inWork.delete(sha256)
    }
  }

  /** All at once, before anything is waited for: two groups that share two files never wait for each other. */
  function claim(originals: readonly Original[]) {
    const firsts: Original[] = []
    const twins: Twin[] = []
    const verdicts = new Map<Outcome['file'], PromiseWithResolvers<Verdict>>()
    for (const original of originals) {
      const { sha256, file } = original
      const first = sha256 === null ? undefined : inWork.get(sha256)
      if (first) twins.push({ original, first })
      else {
        firsts.push(original)
        const verdict = Promise.withResolvers<Verdict>()
        // Who waits for it hears of its failure; nobody may wait.
        verdict.promise.catch(() => undefined)
        verdicts.set(file, verdict)
        if (sha256 !== null) inWork.set(sha256, verdict.promise)
      }
    }
    return { firsts, twins, verdicts }
  }

  async function settleTwin({ original, first }: Twin): Promise<Settled> {
    const verdict = await first
    const { file } = original
    if (verdict.status === 'refused') return withoutEgg({ ...verdict, file })
    const { id, hothash, in_trash, sha256 } = verdict
    await addRecord(id, placeOf(original))
    return withoutEgg({ file, status: 'duplicate', id, hothash, in_trash, sha256 })
  }

  async function settleFirsts(originals: readonly Original[], giveBack: () => void): Promise<Settled[]> {
    const group = await Promise.all(originals.map(lookUp))
    const known = group.filter(({ photo }) => photo !== null)
    const steps = known.length === group.length ? [] : await atCore(prepare, group)
    for (const original of originals) original.letGo()
    giveBack()
    const settled = await Promise.all([...known.map(settleKnown), ...steps.map(carryOut)])
    return settled.flat()
  }

  async function lookUp(original: Original): Promise<LookedUp> {
    const { file, sha256 } = original
    const folder = wirePath(file.path).slice(0, -file.filename.length - 1)
    const name = { folder, stem: stemOf(file.filename).slice(0, 1000).toWellFormed(), volume: file.volume }
    return { original, ...(await find({ sha256, name })) }
  }

  /** A file at a place that the backend knows already costs no further request. */
  async function settleKnown({ original, photo, ofName }: LookedUp): Promise<Settled> {
    if (photo === null) throw new Error('Only what is known is settled as known')
    const record = placeOf(original)
    const { id, hothash, in_trash } = photo
    const isThere = ofName.some(({ files }) =>
      files.some((one) => one.file_sha256 === record.file_sha256 && one.file_path === record.file_path),
    )
    if (!isThere) await addRecord(id, record)
    const status = createdHere.has(id) ? 'duplicate' : 'known'
    const sha256 = sha256Of({ original, egg: null })
    return withoutEgg({ file: original.file, status, id, hothash, in_trash, sha256 })
  }

  function addRecord(photoId: number, record: ImageFile): Promise<void> {
    return patience.backend.answerTo(() => backend.addFile(photoId, record, deliveries))
  }

  /** A job that has no room for its eggs waits until others are delivered. */
  async function prepare(group: readonly LookedUp[]): Promise<(Step & { giveBack(): void })[]> {
    const steps = await plan(group)
    return Promise.all(
      steps.map(async (step) => {
        const bytes = step.kind === 'photo' ? photoBytes(step.body) : 0
        return { ...step, giveBack: await room.take(bytes) }
      }),
    )
  }

  async function carryOut(step: Step & { giveBack(): void }): Promise<Settled[]> {
    try {
      if (step.kind === 'photo') return await keepPhoto(step)
      if (step.kind === 'join') return [withoutEgg(await joinFile(step))]
      return [withoutEgg(noted({ file: step.original.file, ...step.verdict }, step.note))]
    } finally {
      step.giveBack()
    }
  }

  async function keepPhoto({ body, files }: Extract<Step, { kind: 'photo' }>): Promise<Settled[]> {
    const delivered = await deliver(body)
    if (delivered.status === 'created') createdHere.add(delivered.id)
    return files.map(({ file: kept, note }, index): Settled => {
      const { file } = kept.original
      if (delivered.status === 'refused') return withoutEgg(noted({ file, ...delivered }, note))
      const status = index === 0 ? delivered.status : 'joined'
      return { outcome: noted({ file, ...delivered, status, sha256: sha256Of(kept) }, note), isInEgg: true }
    })
  }

  async function joinFile({ host, file, note }: Extract<Step, { kind: 'join' }>): Promise<Outcome> {
    const { id, hothash, in_trash } = host
    await addRecord(id, fileRecord(file))
    const joined = { status: 'joined', id, hothash, in_trash, sha256: sha256Of(file) } as const
    return noted({ file: file.original.file, ...joined }, note)
  }

  async function lay(original: Original, purpose: Purpose): Promise<PhotoEgg | Refused> {
    try {
      return await layEgg(original, purpose)
    } catch (error) {
      return refusalOf(error)
    }
  }

  return settle
}

const withoutEgg = (outcome: Outcome): Settled => ({ outcome, isInEgg: false })

function noted(outcome: Outcome, note: string): Outcome {
  const all = sentences(outcome.note ?? '', note)
  return all === '' ? outcome : { ...outcome, note: all }
}

/** The verdict where an error is about this one file; rethrows every other. */
function refusalOf(error: unknown): Refused {
  if (error instanceof LostCauseError) return refusal({ code: 'no_answer', detail: error.message })
  if (error instanceof ApiError && !concernsTheCaller(error)) return refusal(error.problem)
  throw error
}
