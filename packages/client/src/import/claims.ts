import type { SourceFile, Verdict } from '../import.ts'
import type { Original } from './original.ts'

/** A file with the bytes of one that is in work already. */
export interface Twin {
  readonly original: Original
  readonly first: Promise<Verdict>
}

/** Who of a group works on its bytes, and who waits for another's verdict. */
export interface Claim {
  readonly firsts: readonly Original[]
  /** Their firsts are in other groups. */
  readonly twins: readonly Twin[]
  /** Their firsts are in this group. */
  readonly twinsHere: readonly Twin[]
  settle(file: SourceFile, verdict: Verdict): void
  /** Gives the claim up; who still waits for a verdict of it hears of `error`. */
  end(error: unknown): void
}

/**
 * Of files with the same bytes the first one is worked on. A group claims all of its files at once, before it waits for
 * anything, so that two groups that share two files never wait for each other.
 */
export function claims(): (originals: readonly Original[]) => Claim {
  const inWork = new Map<string, Promise<Verdict>>()

  return (originals) => {
    const mine = new Map<string, Promise<Verdict>>()
    const verdicts = new Map<SourceFile, PromiseWithResolvers<Verdict>>()
    const claim = { firsts: [] as Original[], twins: [] as Twin[], twinsHere: [] as Twin[] }
    for (const original of originals) {
      const sha256 = original.sha256 ?? ''
      const [here, elsewhere] = [mine.get(sha256), inWork.get(sha256)]
      if (here) claim.twinsHere.push({ original, first: here })
      else if (elsewhere) claim.twins.push({ original, first: elsewhere })
      else {
        const verdict = Promise.withResolvers<Verdict>()
        // Who waits for it hears of its failure; nobody may wait.
        verdict.promise.catch(() => undefined)
        verdicts.set(original.file, verdict)
        claim.firsts.push(original)
        if (original.sha256 !== null) mine.set(sha256, verdict.promise)
      }
    }
    for (const [sha256, verdict] of mine) inWork.set(sha256, verdict)
    return {
      ...claim,
      settle: (file, verdict) => verdicts.get(file)?.resolve(verdict),
      end(error) {
        for (const verdict of verdicts.values()) verdict.reject(error)
        for (const sha256 of mine.keys()) inWork.delete(sha256)
      },
    }
  }
}
