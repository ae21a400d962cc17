import { limits } from '@imalink/contract'
import pLimit from 'p-limit'
import { ApiError } from '../client.ts'
import { layEgg } from '../core.ts'
import type { ImportOptions, SourceFile, Verdict } from '../import.ts'
import { Allowance } from './allowance.ts'
import { type LaidEgg, concernsTheCaller, eggBytes, eggDelivery, refusal } from './delivery.ts'
import { knownFiles } from './known-files.ts'
import {
  ORIGINALS_IN_MEMORY,
  type Original,
  READS_AT_ONCE,
  UnreadableFileError,
  readOriginal,
} from './original.ts'
import { LostCauseError, type Patience } from './patience.ts'

const MIB = 1024 * 1024
const EGGS_IN_MEMORY = 64 * MIB

interface LineOptions extends Pick<ImportOptions, 'eggs' | 'sessionId' | 'coldpreviewSize' | 'jobs'> {
  readonly backend: ImportOptions['backend']
  readonly patience: { readonly backend: Patience; readonly core: Patience }
  /** Ends everything but the delivery of eggs that are laid. */
  readonly stop: AbortSignal
}

/**
 * The way of one file: read and hashed, asked about, laid, delivered; each station works on several files at once.
 * The returned function throws only what ends the whole import.
 */
export function assemblyLine(options: LineOptions): (file: SourceFile) => Promise<Verdict> {
  const { backend, patience, stop } = options
  const originals = new Allowance(ORIGINALS_IN_MEMORY, stop)
  const reading = pLimit(READS_AT_ONCE)
  const lay = eggLaying(options)
  const findKnown = knownFiles({ ...backend, signal: stop }, patience.backend)
  const deliver = eggDelivery(backend, patience.backend, options.sessionId)
  const inWork = new Map<string, Promise<Verdict>>()
  const createdHere = new Set<number>()

  async function settle(file: SourceFile): Promise<Verdict> {
    if (file.size > limits.fileBytes) return tooLarge()
    const giveBack = await originals.take(file.size)
    try {
      const original = await reading(() => readOriginal(file, { signal: stop, giveBack }))
      return await settleOnce(file, original)
    } catch (error) {
      return refusalOf(error)
    } finally {
      giveBack()
    }
  }

  /** Of files with the same bytes the first one is worked on, and the others wait for its verdict. */
  async function settleOnce(file: SourceFile, original: Original): Promise<Verdict> {
    const { sha256 } = original
    if (sha256 === null) return layAndDeliver(file, original)
    const twin = inWork.get(sha256)
    if (twin) {
      original.letGo()
      return asTwin(await twin)
    }
    const verdict = settleFirst(file, original, sha256)
    inWork.set(sha256, verdict)
    return verdict.finally(() => inWork.delete(sha256))
  }

  async function settleFirst(file: SourceFile, original: Original, sha256: string): Promise<Verdict> {
    const known = await findKnown(sha256)
    if (!known) return layAndDeliver(file, original)
    return { status: createdHere.has(known.id) ? 'duplicate' : 'known', ...known }
  }

  async function layAndDeliver(file: SourceFile, original: Original): Promise<Verdict> {
    try {
      const { laid, giveBack } = await lay(file, original)
      const verdict = await deliver(laid).finally(giveBack)
      if (verdict.status === 'created') createdHere.add(verdict.id)
      return verdict
    } catch (error) {
      return refusalOf(error)
    }
  }

  return settle
}

/** Takes originals to core, `jobs` at once; a job that has no room for its egg waits until others are delivered. */
function eggLaying({ eggs, coldpreviewSize, jobs, patience, stop }: LineOptions) {
  const atCore = pLimit(jobs)
  const room = new Allowance(EGGS_IN_MEMORY, stop)

  async function lay(file: SourceFile, original: Original) {
    stop.throwIfAborted()
    const egg = await patience.core.answerTo(() =>
      layEgg(eggs, { bytes: original.bytes, filename: file.filename }, { coldpreviewSize, signal: stop }),
    )
    original.letGo()
    const laid: LaidEgg = { egg, file, sha256: original.sha256 }
    return { laid, giveBack: await room.take(eggBytes(laid)) }
  }

  return (file: SourceFile, original: Original) => atCore(lay, file, original)
}

function asTwin(first: Verdict): Verdict {
  return first.status === 'created' ? { ...first, status: 'duplicate' } : first
}

function tooLarge(): Verdict {
  const detail = `The file is larger than ${limits.fileBytes / MIB} MiB`
  return { status: 'refused', code: 'file_too_large', detail }
}

/** The verdict where an error is about this one file; rethrows every other. */
function refusalOf(error: unknown): Verdict {
  if (error instanceof UnreadableFileError) return refusal({ code: 'unreadable_file', detail: error.message })
  if (error instanceof LostCauseError) return refusal({ code: 'no_answer', detail: error.message })
  if (error instanceof ApiError && !concernsTheCaller(error)) return refusal(error.problem)
  throw error
}
