import type { NewPhotoInput, PhotoEgg } from '@imalink/contract'
import type { ImportOptions, Verdict } from '../import.ts'
import type { Purpose } from './egg-laying.ts'
import { rankBesideRaw } from './group-by-name.ts'
import type { KnownFile, KnownPhoto } from './known-files.ts'
import { type FileOfPhoto, newPhoto } from './new-photo.ts'
import { isRawName } from './not-a-photo.ts'
import type { Original } from './original.ts'
import { type Shot, whyNotSameShot } from './same-shot.ts'

/** An original and what the backend knows of it. */
export interface LookedUp extends KnownFile {
  readonly original: Original
}

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

interface Host {
  readonly photo: KnownPhoto
  /** Null where its file cannot be looked at. */
  shot(): Promise<Shot | null>
}

/** A file that no photo takes in, with the reason where one might have. */
interface Single {
  readonly original: Original
  readonly note: string
}

/**
 * Decides what becomes of the files of one group that the backend does not have: which join a photo that their partner
 * made, which become one photo together, which are photos of their own. In doubt they stay apart.
 */
export function groupPlanning(options: PlanOptions): (group: readonly LookedUp[]) => Promise<Step[]> {
  const { lay, pairs = true } = options

  async function plan(group: readonly LookedUp[]): Promise<Step[]> {
    const steps: Step[] = []
    const singles: Single[] = []
    for (const file of group.filter(({ photo }) => photo === null)) {
      const found = await join(file, pairs ? hostsOf(file, group, lay) : [])
      if ('kind' in found) steps.push(found)
      else singles.push(found)
    }
    return [...steps, ...(await makePhotos(singles))]
  }

  /** The step that adds the file to one of the photos, or the file alone and why. */
  async function join({ original }: LookedUp, hosts: readonly Host[]): Promise<Step | Single> {
    if (hosts.length === 0) return { original, note: '' }
    const egg = await lay(original, 'file')
    if (isRefused(egg)) return joinUnseen(original, hosts, egg)
    const reasons: string[] = []
    for (const host of hosts) {
      const shot = await host.shot()
      const reason = shot === null ? 'it cannot be compared' : whyNotSameShot(shotOf(egg), shot)
      if (reason === null) return joined(host, { original, egg })
      reasons.push(reason)
    }
    return { original, note: `Not joined to the photo of this name: ${reasons.join('; ')}.` }
  }

  async function makePhotos(singles: readonly Single[]): Promise<Step[]> {
    const main = pairs ? singles.find(({ original }) => kindOf(original.file.filename) === 'rendered') : null
    const raws = singles.filter(({ original }) => kindOf(original.file.filename) === 'raw')
    if (!main || raws.length === 0) return inTurn(singles, makePhoto)
    const rest = singles.filter((single) => single !== main && !raws.includes(single))
    return [...(await makePair(main, raws)), ...(await inTurn(rest, makePhoto))]
  }

  async function makePhoto({ original, note }: Single): Promise<Step> {
    const egg = await lay(original, 'photo')
    if (isRefused(egg)) return { kind: 'refuse', original, verdict: egg, note }
    const files = [{ file: { original, egg }, note: sentences(note, fittedIn(egg)) }]
    return { kind: 'photo', body: newPhoto({ original, egg }, [], options), files }
  }

  /** One photo of the rendered file and the RAWs that agree with it. */
  async function makePair(main: Single, raws: readonly Single[]): Promise<Step[]> {
    const egg = await lay(main.original, 'photo')
    if (isRefused(egg)) {
      const refused: Step = { kind: 'refuse', ...main, verdict: egg }
      return [refused, ...(await inTurn(raws, makePhoto))]
    }
    const { agreeing, apart, refused } = await compare(main, egg, raws)
    const names = agreeing.map(({ original }) => original.file.filename).join(', ')
    const files = [
      {
        file: { original: main.original, egg },
        note: sentences(main.note, names && `One photo with ${names}.`, fittedIn(egg)),
      },
      ...agreeing.map((file) => ({
        file,
        note: `One photo with ${main.original.file.filename}.`,
      })),
    ]
    const body = newPhoto({ original: main.original, egg }, agreeing, options)
    return [{ kind: 'photo', body, files }, ...refused, ...(await inTurn(apart, makePhoto))]
  }

  async function compare({ original: main }: Single, egg: PhotoEgg, raws: readonly Single[]) {
    const agreeing: FileOfPhoto[] = []
    const apart: Single[] = []
    const refused: Step[] = []
    for (const { original, note } of raws) {
      const raw = await lay(original, 'file')
      if (!isRefused(raw)) {
        const reason = whyNotSameShot(shotOf(egg), shotOf(raw))
        if (reason === null) agreeing.push({ original, egg: raw })
        else apart.push({ original, note: `Not one photo with ${main.file.filename}: ${reason}.` })
      } else if (raw.code === 'no_preview_in_raw') agreeing.push({ original, egg: null })
      else refused.push({ kind: 'refuse', original, verdict: raw, note })
    }
    return { agreeing, apart, refused }
  }

  return plan
}

/** A RAW without a picture in it is what its partner shows; any other that core refuses is not known to be anything. */
function joinUnseen(original: Original, [host]: readonly Host[], verdict: Refused): Step {
  if (host && verdict.code === 'no_preview_in_raw') return joined(host, { original, egg: null })
  return { kind: 'refuse', original, verdict, note: '' }
}

function joined({ photo }: Host, file: FileOfPhoto): Step {
  const note = `Joined to the photo ${photo.id} that its partner made.`
  return { kind: 'join', host: photo, file, note: sentences(note, file.egg ? fittedIn(file.egg) : '') }
}

/** Photos that a file of this name and of the other kind made, and none of its own kind has been put to. */
function hostsOf(file: LookedUp, group: readonly LookedUp[], lay: PlanOptions['lay']): Host[] {
  const kind = kindOf(file.original.file.filename)
  if (kind === null) return []
  const isPartner = (filename: string) => ![null, kind].includes(kindOf(filename))
  const ofName = isAbsolute(file.original.file.path) ? file.ofName : []
  const named = ofName.filter(
    ({ files }) =>
      files.some(({ filename }) => isPartner(filename)) &&
      !files.some(({ filename }) => kindOf(filename) === kind),
  )
  const besides = group.filter(
    ({ original, photo }) =>
      photo !== null && isPartner(original.file.filename) && !ofName.some(({ id }) => id === photo.id),
  )
  return [
    ...named.map((photo) => ({ photo, shot: () => Promise.resolve(photo) })),
    ...besides.flatMap(({ photo, original }) =>
      photo === null ? [] : [{ photo, shot: () => shotIn(lay(original, 'file')) }],
    ),
  ]
}

async function shotIn(laying: Promise<PhotoEgg | Refused>): Promise<Shot | null> {
  const egg = await laying
  return isRefused(egg) ? null : shotOf(egg)
}

function shotOf({ metadata, width, height }: PhotoEgg): Shot {
  const { taken_at, camera_model } = metadata
  return { taken_at: taken_at ?? null, camera_model: camera_model ?? null, width, height }
}

function kindOf(filename: string): 'raw' | 'rendered' | null {
  if (isRawName(filename)) return 'raw'
  return rankBesideRaw(filename) === null ? null : 'rendered'
}

/** A path that says no more than what was chosen in a browser is the same for different folders. */
const isAbsolute = (path: string) => /^(\/|[A-Za-z]:[\\/])/.test(path)

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
