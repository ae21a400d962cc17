/**
 * What one source - a side-car, XMP, IPTC, EXIF - says in the photographer's words, as it stands there: nothing is cut,
 * cleaned or judged yet. `null` and empty lists say nothing.
 */
export interface Words {
  readonly title: string | null
  /** A line above the text, where a source has one beside its title. */
  readonly headline: string | null
  readonly description: string | null
  /** Stars, -1 for a rejected photo; NaN where it is no number. */
  readonly rating: number | null
  readonly pick: 'pick' | 'reject' | 'none' | null
  /** The name of a colour; an empty one says that there is none. */
  readonly label: string | null
  readonly tags: readonly Keyword[]
  readonly creators: readonly string[]
}

/** The levels of a keyword from the widest to the narrowest; a plain one has a single level. */
export type Keyword = readonly [string, ...string[]]

export const noWords: Words = {
  title: null,
  headline: null,
  description: null,
  rating: null,
  pick: null,
  label: null,
  tags: [],
  creators: [],
}

/** One keyword from its levels; null where all of them are blank. */
function keyword(levels: readonly string[]): Keyword | null {
  const [first, ...rest] = levels.map((level) => level.trim()).filter((level) => level !== '')
  return first === undefined ? null : [first, ...rest]
}

export function keywords(texts: readonly string[], separator?: string): Keyword[] {
  const split = (text: string) => (separator === undefined ? [text] : text.split(separator))
  return texts.map((text) => keyword(split(text))).filter((found) => found !== null)
}

/** Windows rates in percent: 1, 25, 50, 75, 99 are one to five stars. */
export function starsOfPercent(percent: number | null): number | null {
  if (percent === null || percent < 0 || percent > 100) return percent === null ? null : NaN
  return percent === 0 ? 0 : Math.min(Math.round(percent / 25) + 1, 5)
}
