import { type PhotoEgg, limits } from '@imalink/contract'
import { isBoilerplate, isNobody } from './camera-boilerplate.ts'
import { colourOf } from './colour-labels.ts'
import { exifWords } from './exif-words.ts'
import {
  type Fit,
  type Report,
  fitRating,
  fitTags,
  fitText,
  oneLine,
  paragraphs,
  quote,
} from './fit-words.ts'
import { iptcWords } from './iptc-words.ts'
import type { Tags } from './tags.ts'
import type { Words } from './words.ts'
import { xmpWords } from './xmp-words.ts'

type Written = Pick<
  PhotoEgg,
  'title' | 'description' | 'rating' | 'flag' | 'color_label' | 'tags' | 'creator' | 'fitted'
>

/**
 * What the photographer wrote, field by field from the first that says something: the side-car, then XMP, IPTC and EXIF
 * of the file. Everything fits the contract; what had to be cut, changed or left out for that is in `fitted`.
 */
export function readWrittenWords({ sidecar, embedded, iptc, exif, unread }: TaggedWords): Written {
  const fitted: Fit[] = [...unread]
  const report: Report = (field, reason) => fitted.push({ field, reason })
  const inFile = [...(embedded ? [xmpWords(embedded)] : []), iptcWords(iptc), exifWords(exif)]
  const sources = [...(sidecar ? [xmpWords(sidecar)] : []), ...inFile]
  const fields = {
    title: readTitle(sidecar ? [sources.slice(0, 1), inFile] : [inFile], report),
    description: readDescription(sources, report),
    ...readJudgement(sources, report),
    color_label: readColour(sources, report),
    tags: readTags(sources, report),
    creator: readCreator(sources, report),
  }
  const said = Object.entries(fields).filter(([, value]) => value !== null)
  return { ...Object.fromEntries(said), ...(fitted.length > 0 ? { fitted } : {}) }
}

type TaggedWords = Pick<Tags, 'iptc' | 'exif' | 'sidecar' | 'embedded' | 'unread'>

function first<T>(sources: readonly Words[], pick: (words: Words) => T | null): T | null {
  return sources.map(pick).find((value) => value !== null) ?? null
}

/** A headline stands in for a title only where no source of its own file has one. */
function readTitle(files: readonly (readonly Words[])[], report: Report): string | null {
  const line = (text: string | null) => oneLine(text ?? '') || null
  const candidates = files.flatMap((sources) => [
    first(sources, ({ title }) => line(title)),
    first(sources, ({ headline }) => line(headline)),
  ])
  const title = candidates.find((candidate) => candidate !== null) ?? null
  return title && fitText('title', title, limits.titleLength, report)
}

function readDescription(sources: readonly Words[], report: Report): string | null {
  const told = (text: string | null) =>
    text === null || isBoilerplate(text) ? null : paragraphs(text) || null
  const description = first(sources, ({ description: text }) => told(text))
  return description && fitText('description', description, limits.descriptionLength, report)
}

/** A flag counts where it is set; a rating of -1 rejects unless that is said elsewhere, nearer, or a pick beside it. */
function readJudgement(sources: readonly Words[], report: Report) {
  const rated = sources.find(({ rating }) => rating !== null)
  const rating = rated?.rating === undefined || rated.rating === null ? null : fitRating(rated.rating, report)
  const said = (words: Words) => {
    const isRejected = words === rated && rating === 'rejected' && words.pick !== 'pick'
    return isRejected ? ('reject' as const) : words.pick
  }
  const flag = first(sources, said)
  return { rating: rating === 'rejected' ? null : rating, flag: flag === 'none' ? null : flag }
}

function readColour(sources: readonly Words[], report: Report): PhotoEgg['color_label'] {
  const label = first(sources, (words) => words.label)?.trim() ?? ''
  const colour = colourOf(label)
  if (label !== '' && colour === null)
    report('color_label', `is "${quote(label)}", which is none of the five colours; left out.`)
  return colour
}

function readTags(sources: readonly Words[], report: Report): string[] | null {
  const written = first(sources, ({ tags }) => (tags.length > 0 ? tags : null))
  const tags = written ? fitTags(written, report) : []
  return tags.length > 0 ? tags : null
}

function readCreator(sources: readonly Words[], report: Report): string | null {
  const named = (names: readonly string[]) => names.map(oneLine).filter((name) => !isNobody(name))
  const names = first(sources, ({ creators }) => (named(creators).length > 0 ? named(creators) : null)) ?? []
  const [creator = null, ...others] = names
  if (others.length > 0) report('creator', `are ${names.length}; the first is taken.`)
  return creator && fitText('creator', creator, limits.titleLength, report)
}
