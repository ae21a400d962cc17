import type { ImageFile, PhotoEgg } from '@imalink/contract'
import pLimit from 'p-limit'
import { ApiError } from '../client.ts'
import type { FilePhoto, ImportOptions, Outcome, SourceFile, SourceGroup, Verdict } from '../import.ts'
import { Allowance } from './allowance.ts'
import { type Claim, type Twin, claims } from './claims.ts'
import { concernsTheCaller, photoBytes, photoDelivery, refusal } from './delivery.ts'
import { type Purpose, eggLaying } from './egg-laying.ts'
import { fileKind } from './file-kind.ts'
import { stemOf } from './group-by-name.ts'
import type { LookedUp } from './host.ts'
import { knownFiles } from './known-files.ts'
import { fileRecord, placeOf, sha256Of } from './new-photo.ts'
import { ORIGINALS_IN_MEMORY, type Original } from './original.ts'
import { LostCauseError, type Patience } from './patience.ts'
import { type Step, groupPlanning, sentences } from './plan-group.ts'
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
  const { backend, patience, stop, deliveries, jobs, pairs = true } = options
  const read = groupReading(new Allowance(ORIGINALS_IN_MEMORY, stop), stop)
  const claim = claims()
  const find = knownFiles(backend, patience.backend, stop)
  const atCore = pLimit(jobs)
  const room = new Allowance(EGGS_IN_MEMORY, stop)
  const layEgg = eggLaying({ ...options, patience: patience.core })
  const plan = groupPlanning({ ...options, lay })
  const deliver = photoDelivery(backend, patience.backend, deliveries)
  const createdHere = new Set<number>()

  async function settle(group: SourceGroup): Promise<Settled[]> {
    const { originals, refused, note, giveBack } = await read(group)
    const beside = settledPaths(group)
    try {
      const settled = await settleOriginals(originals, { giveBack, beside })
      return [
        ...refused.map(withoutEgg),
        ...settled.map(({ outcome, isInEgg }) => ({ outcome: noted(outcome, note), isInEgg })),
      ]
    } finally {
      giveBack()
    }
  }

  async function settleOriginals(originals: readonly Original[], group: GroupInWork): Promise<Settled[]> {
    const claimed = claim(originals)
    try {
      const settled = await orRefused(claimed.firsts, () => settleFirsts(claimed, group))
      for (const { outcome } of settled) claimed.settle(outcome.file, outcome)
      // Their order is the group's, so that what was rendered is settled before the RAW that may join it.
      for (const twin of [...claimed.twins, ...claimed.twinsHere])
        settled.push(...(await orRefused([twin.original], () => settleTwin(twin, settled))))
      return settled
    } catch (error) {
      claimed.end(error)
      throw error
    } finally {
      claimed.end(new Error('Every file that is claimed is settled'))
    }
  }

  async function settleFirsts(
    { firsts, twins, twinsHere }: Claim,
    { giveBack, beside }: GroupInWork,
  ): Promise<Settled[]> {
    const letGo = () => {
      for (const original of [...firsts, ...[...twins, ...twinsHere].map((twin) => twin.original)])
        original.letGo()
      giveBack()
    }
    if (firsts.length === 0) letGo()
    const group = await Promise.all(firsts.map(lookUp))
    const known = group.filter(({ photo }) => photo !== null)
    const partners = firsts.length === 0 ? [] : (await Promise.all(twins.map(asPartner))).flat()
    const laid =
      known.length === group.length ? noSteps : await atCore(prepare, [...group, ...partners], beside)
    letGo()
    const settled = known.map((file) => orRefused([file.original], () => settleKnown(file)))
    const carriedOut = laid.steps.map(carryOut)
    return (await Promise.all([...settled, ...carriedOut]).finally(laid.giveBack)).flat()
  }

  async function lookUp(original: Original): Promise<LookedUp> {
    const { file, sha256 } = original
    const name = {
      folder: folderOf(file),
      stem: stemOf(file.filename).slice(0, 1000).toWellFormed(),
      volume: file.volume,
    }
    return { original, ...(await find({ sha256, name })) }
  }

  /** A file whose bytes are in work in another group is there already for those beside it. */
  async function asPartner({ original, first }: Twin): Promise<LookedUp[]> {
    const verdict = await first
    return verdict.status === 'refused' ? [] : [{ original, photo: verdict, ofName: [] }]
  }

  async function settleTwin({ original, first }: Twin, beside: readonly Settled[]): Promise<Settled[]> {
    const verdict = await first
    const { file } = original
    if (verdict.status === 'refused')
      return (await joinUnseen(original, verdict, beside)) ?? [withoutEgg({ ...verdict, file })]
    const { id, hothash, in_trash, sha256 } = verdict
    await addRecord(id, placeOf(original))
    return [withoutEgg({ file, status: 'duplicate', id, hothash, in_trash, sha256 })]
  }

  /** A RAW without a picture in it may have been refused where it lay alone, and has a partner here. */
  async function joinUnseen(
    original: Original,
    { code }: Refused,
    beside: readonly Settled[],
  ): Promise<Settled[] | null> {
    const isRaw = fileKind(original.file.filename) === 'raw'
    const partner = beside.map(({ outcome }) => outcome).find(isRendered)
    if (code !== 'no_preview_in_raw' || !pairs || !isRaw || !partner) return null
    const note = `Joined to the photo ${partner.id} that its partner made.`
    return joinFile({ kind: 'join', host: partner, file: { original, egg: null }, note })
  }

  /** A file at a place that the backend knows already costs no further request. */
  async function settleKnown({ original, photo, ofName }: LookedUp): Promise<Settled[]> {
    if (photo === null) throw new Error('Only what is known is settled as known')
    const record = placeOf(original)
    const { id, hothash, in_trash } = photo
    const there = ofName
      .flatMap(({ files }) => files)
      .find((one) => one.file_sha256 === record.file_sha256 && one.file_path === record.file_path)
    if (!there || isTouched(there, record)) await addRecord(id, record)
    const status = createdHere.has(id) ? 'duplicate' : 'known'
    const sha256 = sha256Of({ original, egg: null })
    const outcome = { file: original.file, status, id, hothash, in_trash, sha256 } as const
    return [withoutEgg(noted(outcome, there ? '' : 'This place was added to its photo.'))]
  }

  function addRecord(photoId: number, record: ImageFile): Promise<void> {
    return patience.backend.answerTo(() => backend.addFile(photoId, record, deliveries))
  }

  /** A job that has no room for its eggs waits until others are delivered; it takes that of all of them at once. */
  async function prepare(group: readonly LookedUp[], beside: readonly string[]): Promise<typeof noSteps> {
    const steps = await plan(group, beside)
    const bytes = steps.map((step) => (step.kind === 'photo' ? photoBytes(step.body) : 0))
    return { steps, giveBack: await room.take(bytes.reduce((sum, some) => sum + some, 0)) }
  }

  function carryOut(step: Step): Promise<Settled[]> {
    if (step.kind === 'photo') {
      const originals = step.files.map(({ file }) => file.original)
      return orRefused(originals, () => keepPhoto(step))
    }
    if (step.kind === 'join') return orRefused([step.file.original], () => joinFile(step))
    return Promise.resolve([withoutEgg(noted({ file: step.original.file, ...step.verdict }, step.note))])
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

  async function joinFile({ host, file, note }: Extract<Step, { kind: 'join' }>): Promise<Settled[]> {
    const { id, hothash, in_trash } = host
    await addRecord(id, fileRecord(file))
    const joined = { status: 'joined', id, hothash, in_trash, sha256: sha256Of(file) } as const
    return [withoutEgg(noted({ file: file.original.file, ...joined }, note))]
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

/** A group on its way: what gives its bytes back, and the paths of its files that are in already. */
interface GroupInWork {
  giveBack(): void
  readonly beside: readonly string[]
}

const folderOf = (file: SourceFile) => wirePath(file.path).slice(0, -file.filename.length - 1)

function settledPaths({ files: [file], settled = [] }: SourceGroup): string[] {
  return file ? settled.map((name) => wirePath(file.path.slice(0, -file.filename.length) + name)) : []
}

function isRendered(outcome: Outcome): outcome is Outcome & FilePhoto {
  return outcome.status !== 'refused' && fileKind(outcome.file.filename) === 'rendered'
}

/** Whether a file was written again since its record, with the same bytes. */
function isTouched(there: { modified_at: string | null }, { modified_at }: ImageFile): boolean {
  if (modified_at === null || modified_at === undefined) return false
  return there.modified_at === null || Date.parse(there.modified_at) !== Date.parse(modified_at)
}

const noSteps: { readonly steps: readonly Step[]; giveBack(): void } = {
  steps: [],
  giveBack: () => undefined,
}

/** What becomes of these files; refused where the error is about them. Throws every other. */
async function orRefused(originals: readonly Original[], work: () => Promise<Settled[]>): Promise<Settled[]> {
  try {
    return await work()
  } catch (error) {
    const verdict = refusalOf(error)
    return originals.map(({ file }) => withoutEgg({ file, ...verdict }))
  }
}

const withoutEgg = (outcome: Outcome): Settled => ({ outcome, isInEgg: false })

function noted(outcome: Outcome, note: string): Outcome {
  const all = sentences(outcome.note ?? '', note)
  return all === '' ? outcome : { ...outcome, note: all }
}

/** The verdict where an error is about one file, or the photo it belongs to is gone; rethrows every other. */
function refusalOf(error: unknown): Refused {
  if (error instanceof LostCauseError) return refusal({ code: 'no_answer', detail: error.message })
  const isAboutIt =
    error instanceof ApiError && (error.code === 'photo_not_found' || !concernsTheCaller(error))
  if (isAboutIt) return refusal(error.problem)
  throw error
}
