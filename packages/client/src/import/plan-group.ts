import type { NewPhotoInput, PhotoEgg } from '@imalink/contract'
import type { ImportOptions, Verdict } from '../import.ts'
import type { Purpose } from './egg-laying.ts'
import { fileKind } from './file-kind.ts'
import { type Beside, type Host, type LookedUp, type NearPhoto, hostsOf, shotOf } from './host.ts'
import type { KnownPhoto } from './known-files.ts'
import { type FileOfPhoto, newPhoto, tagsLeftOut } from './new-photo.ts'
import type { Original } from './original.ts'
import { type Shot, whyNotSameShot } from './same-shot.ts'

type Refused = Extract<Verdict, { status: 'refused' }>

/** What is to be done with files of a group. Notes are sentences, empty where there is nothing to say. */
export type Step =
  | { readonly kind: 'photo'; readonly body: NewPhotoInput; readonly files: readonly Noted[] }
  | { readonly kind: 'join'; readonly host: KnownPhoto; readonly file: FileOfPhoto; readonly note: string }
  | { readonly kind: 'refuse'; readonly original: Original; readonly verdict: Refused; readonly note: string }

/** A file of a photo that is to be made, and what is to be said of it. */
export interface Noted {
  readonly file: FileOfPhoto
  readonly note: string
}

interface PlanOptions extends Pick<ImportOptions, 'sessionId' | 'tags' | 'creator' | 'visibility' | 'pairs'> {
  lay(original: Original, purpose: Purpose): Promise<PhotoEgg | Refused>
}

/** A file that no photo takes in, with the reason where one might have. */
interface Single {
  readonly original: Original
  readonly note: string
}

const kindOf = ({ file }: Original, egg?: PhotoEgg) => fileKind(file.filename, egg?.image_format)

/**
 * Decides what becomes of the files of one group that the backend does not have: which join a photo that their partner
 * made, which become one photo together, which are photos of their own. In doubt they stay apart.
 */
export function groupPlanning(
  options: PlanOptions,
): (group: readonly LookedUp[], settled: readonly string[]) => Promise<Step[]> {
  const { lay, pairs = true } = options

  async function plan(group: readonly LookedUp[], settled: readonly string[]): Promise<Step[]> {
    const steps: Step[] = []
    const singles: Single[] = []
    const near = group.flatMap(nearPhoto)
    const here = group.map(({ original }) => original)
    for (const file of group.filter(({ photo }) => photo === null)) {
      const found = pairs ? await join(file, { near, here, settled }) : alone(file)
      if (!('kind' in found)) singles.push(found)
      else {
        steps.push(found)
        near.push(...joinedNow(found))
      }
    }
    return [...steps, ...(await makePhotos(singles))]
  }

  function nearPhoto({ original, photo }: LookedUp): NearPhoto[] {
    const kind = kindOf(original)
    if (photo === null || kind === null) return []
    return [{ kind, photo, isHere: true, shot: () => lay(original, 'file').then(shotIn) }]
  }

  /** The step that adds the file to a photo of its name, or the file alone and why. */
  async function join({ original, ofName }: LookedUp, beside: Beside): Promise<Step | Single> {
    const kind = kindOf(original)
    const hosts = kind === null ? [] : hostsOf(kind, { original, ofName }, beside)
    if (hosts.length === 0) return { original, note: '' }
    const egg = await lay(original, 'file')
    if (isRefused(egg)) return joinUnseen(original, hosts, egg)
    if (kindOf(original, egg) !== kind) return { original, note: notThatKind(original, egg) }
    return (await joinAgreeing({ original, egg }, hosts)) ?? { original, note: '' }
  }

  async function makePhotos(singles: readonly Single[]): Promise<Step[]> {
    const main = pairs ? singles.find(({ original }) => kindOf(original) === 'rendered') : null
    const raws = singles.filter(({ original }) => kindOf(original) === 'raw')
    if (!main || raws.length === 0) return inTurn(singles, makePhoto)
    const rest = singles.filter((single) => single !== main && !raws.includes(single))
    return [...(await makePair(main, raws)), ...(await inTurn(rest, makePhoto))]
  }

  async function makePhoto({ original, note }: Single): Promise<Step> {
    const egg = await lay(original, 'photo')
    if (isRefused(egg)) return { kind: 'refuse', original, verdict: egg, note }
    return photoStep({ original, egg, note }, [])
  }

  /** One photo of the rendered file and the RAWs that agree with it. */
  async function makePair(main: Single, raws: readonly Single[]): Promise<Step[]> {
    const egg = await lay(main.original, 'pair')
    if (isRefused(egg)) {
      const refused: Step = { kind: 'refuse', ...main, verdict: egg }
      return [refused, ...(await inTurn(raws, makePhoto))]
    }
    const { agreeing, apart, refused } = await compare({ ...main, egg }, raws)
    // Alone it takes no words from the side-car of another file.
    const isOther = agreeing.length === 0 && main.original.sidecar?.isBorrowed
    const photo = isOther ? await makePhoto(main) : photoStep({ ...main, egg }, agreeing)
    return [photo, ...refused, ...(await inTurn(apart, makePhoto))]
  }

  async function compare(main: Single & { readonly egg: PhotoEgg }, raws: readonly Single[]) {
    const agreeing: FileOfPhoto[] = []
    const apart: Single[] = []
    const refused: Step[] = []
    for (const { original, note } of raws) {
      const raw = await lay(original, 'file')
      if (!isRefused(raw)) {
        const reason = whyNotOnePhoto(main, { original, egg: raw })
        if (reason === null) agreeing.push({ original, egg: raw })
        else apart.push({ original, note: sentences(note, reason) })
      } else if (raw.code === 'no_preview_in_raw') agreeing.push({ original, egg: null })
      else refused.push({ kind: 'refuse', original, verdict: raw, note })
    }
    return { agreeing, apart, refused }
  }

  function photoStep(main: Single & { readonly egg: PhotoEgg }, others: readonly FileOfPhoto[]): Step {
    const { original, egg, note } = main
    const names = others.map((other) => other.original.file.filename).join(', ')
    const paired = names === '' ? '' : `One photo with ${names}.`
    const files = [
      { file: { original, egg }, note: sentences(note, paired, fittedIn(egg), tagsLeftOut(egg, options)) },
      ...others.map((file) => ({ file, note: `One photo with ${original.file.filename}.` })),
    ]
    return { kind: 'photo', body: newPhoto({ original, egg }, others, options), files }
  }

  return plan
}

const alone = ({ original }: LookedUp): Single => ({ original, note: '' })

/** Adds the file to the first of the photos that it agrees with, or says why to none. */
async function joinAgreeing(
  file: FileOfPhoto & { readonly egg: PhotoEgg },
  hosts: readonly Host[],
): Promise<Step | Single> {
  const reasons = new Set<string>()
  for (const host of hosts) {
    const shot = await host.shot()
    const reason = shot === null ? 'it cannot be compared' : whyNotSameShot(shotOf(file.egg), shot)
    if (reason === null) return joined(host, file)
    reasons.add(reason)
  }
  const note = `Not joined to the photo of this name: ${[...reasons].join('; ')}.`
  return { original: file.original, note }
}

/**
 * A RAW without a picture in it is what the partner beside it shows: cameras give their names again, so that one which is
 * gone says nothing. Any other that core refuses is not known to be anything.
 */
function joinUnseen(original: Original, hosts: readonly Host[], verdict: Refused): Step {
  const host = hosts.find(({ isHere }) => isHere)
  if (host && verdict.code === 'no_preview_in_raw') return joined(host, { original, egg: null })
  return { kind: 'refuse', original, verdict, note: '' }
}

function joined({ photo }: Host, file: FileOfPhoto): Step {
  const note = `Joined to the photo ${photo.id} that its partner made.`
  return { kind: 'join', host: photo, file, note }
}

/** The photo that a file was just joined to, for the others of its group. */
function joinedNow(step: Step): NearPhoto[] {
  if (step.kind !== 'join') return []
  const { original, egg } = step.file
  const kind = kindOf(original, egg ?? undefined)
  return kind === null
    ? []
    : [{ kind, photo: step.host, isHere: true, shot: async () => (egg ? shotOf(egg) : null) }]
}

function whyNotOnePhoto(main: Single & { readonly egg: PhotoEgg }, raw: FileOfPhoto & { egg: PhotoEgg }) {
  if (kindOf(main.original, main.egg) !== 'rendered') return notThatKind(main.original, main.egg)
  if (kindOf(raw.original, raw.egg) !== 'raw') return notThatKind(raw.original, raw.egg)
  const reason = whyNotSameShot(shotOf(main.egg), shotOf(raw.egg))
  return reason === null ? null : `Not one photo with ${main.original.file.filename}: ${reason}.`
}

function notThatKind({ file }: Original, { image_format }: PhotoEgg): string {
  return `Not paired by its name: ${file.filename} is ${image_format} inside.`
}

function shotIn(answer: PhotoEgg | Refused): Shot | null {
  return isRefused(answer) ? null : shotOf(answer)
}

function isRefused(answer: PhotoEgg | Refused): answer is Refused {
  return 'status' in answer
}

function fittedIn({ fitted = [] }: PhotoEgg): string {
  return fitted.length === 0
    ? ''
    : `Fitted: ${fitted.map(({ field, reason }) => `${field} ${reason}`).join('; ')}.`
}

export function sentences(...notes: readonly string[]): string {
  return notes.filter((note) => note !== '').join(' ')
}

async function inTurn<T, Result>(items: readonly T[], work: (item: T) => Promise<Result>): Promise<Result[]> {
  const results: Result[] = []
  for (const item of items) results.push(await work(item))
  return results
}
