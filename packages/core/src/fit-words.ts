import { limits, normalizeTag } from '@imalink/contract'
import type { Keyword } from './words.ts'

/** One thing that was cut, dropped or changed to fit, for the report of an import. */
export interface Fit {
  readonly field: string
  readonly reason: string
}

export type Report = (field: string, reason: string) => void

/** One line: without control characters, blanks together. */
export function oneLine(text: string): string {
  return text
    .toWellFormed()
    .replace(/[\s\p{Cc}]+/gu, ' ')
    .trim()
}

/** Text with its line breaks, but no other control characters. */
export function paragraphs(text: string): string {
  return text
    .toWellFormed()
    .replace(/\r\n?/g, '\n')
    .replace(/\t/g, ' ')
    .replace(/(?!\n)\p{Cc}/gu, '')
    .trim()
}

/** At most `max` characters, counted as JavaScript does; cut between words where one ends near. Reports a cut. */
export function fitText(field: string, text: string, max: number, report: Report): string {
  if (text.length <= max) return text
  report(field, `is ${text.length} characters long; cut at ${max}.`)
  return cutAtWord(text, max)
}

const NEAR_CHARACTERS = 20

function cutAtWord(text: string, max: number): string {
  const whole = text.slice(0, max).replace(/\p{Surrogate}$/u, '')
  const blank = Math.max(whole.lastIndexOf(' '), whole.lastIndexOf('\n'))
  const isNear = blank >= max - NEAR_CHARACTERS && !/\s/.test(text[max] ?? '')
  return (isNear ? whole.slice(0, blank) : whole).trim()
}

const MOST_STARS = 5
const REJECTED = -1

/** Whole stars from 0 to 5; `rejected` for -1, as Adobe means it; null where it is no rating. Reports what it changes. */
export function fitRating(written: number, report: Report): number | 'rejected' | null {
  if (written === REJECTED) return 'rejected'
  if (!Number.isFinite(written) || written < 0) {
    report('rating', 'is no number from 0 to 5, nor -1 for a rejected photo; left out.')
    return null
  }
  // A float may be a hair off its whole number.
  const stars = Math.min(Math.round(written), MOST_STARS)
  if (stars !== written) report('rating', `is ${Number(written.toPrecision(6))}; taken as ${stars}.`)
  return stars
}

const SHOWN = 10
const SHOWN_CHARACTERS = 60

/** Tags as the backend keeps them, each once, at most 200. Reports what had to change, and what was too much. */
export function fitTags(written: readonly Keyword[], report: Report): string[] {
  const changed = new Set<string>()
  const dropped = new Set<string>()
  const tags = new Set<string>()
  for (const levels of withoutLeaves(written)) {
    const text = levels.join('/')
    const fitted = fitTag(text)
    if (fitted === null) dropped.add(text)
    else tags.add(fitted)
    if (fitted !== null && fitted !== normalizeTag(text)) changed.add(text)
  }
  if (changed.size > 0) report('tags', `had to change to fit (comma, backslash, length): ${shown(changed)}.`)
  if (dropped.size > 0) report('tags', `left out, there is nothing in it to keep: ${shown(dropped)}.`)
  if (tags.size > limits.tagsPerPhoto)
    report('tags', `are ${tags.size}; the first ${limits.tagsPerPhoto} are kept.`)
  return [...tags].slice(0, limits.tagsPerPhoto)
}

/** Programs write a keyword of several levels a second time, its last level alone; the first says more. */
function withoutLeaves(written: readonly Keyword[]): Keyword[] {
  const folded = (level: string | undefined) => level?.normalize('NFC').trim().toLowerCase()
  const leaves = new Set(written.filter(({ length }) => length > 1).map((levels) => folded(levels.at(-1))))
  return written.filter((levels) => levels.length > 1 || !leaves.has(folded(levels[0])))
}

function fitTag(text: string): string | null {
  const plain = oneLine(text.normalize('NFC').toLowerCase().replace(/[,\\]/g, ' '))
  const cut = [...plain].length > limits.tagLength ? cutTag(plain) : plain
  return normalizeTag(cut)
}

/** Fifty characters as people count them, which JavaScript may count as a hundred. */
function cutTag(plain: string): string {
  const most = [...plain].slice(0, limits.tagLength).join('')
  return cutAtWord(plain, most.length)
}

/** A few of them by name, and how many more there are. */
function shown(texts: ReadonlySet<string>): string {
  const names = [...texts].slice(0, SHOWN).map((text) => `"${quote(text)}"`)
  const more = texts.size - names.length
  return names.join(', ') + (more > 0 ? ` and ${more} more` : '')
}

/** The beginning of a text, safe to show. */
export function quote(text: string): string {
  return fitText('', oneLine(text), SHOWN_CHARACTERS, () => {})
}
