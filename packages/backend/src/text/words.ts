import { fold } from './fold.ts'

/** No word of a language is longer; what is cut in the index is cut in what is looked for. */
const LONGEST_WORD = 60

/** Written without spaces between words: each of these letters is a word, and a word of theirs a phrase. */
const SCRIPTS = ['Han', 'Hiragana', 'Katakana', 'Thai', 'Lao', 'Khmer', 'Myanmar']
const letter = '[\\p{L}\\p{N}]'
const spaceless = `(?=${letter})[${SCRIPTS.map((script) => `\\p{scx=${script}}`).join('')}]`
const words = new RegExp(`${spaceless}\\p{M}*|(?:(?!${spaceless})[\\p{L}\\p{N}\\p{M}])+`, 'gu')

/** The words of a text as they are found: folded, letters and digits alone, in their order. */
export function wordsOf(text: string): string[] {
  return (fold(text).match(words) ?? []).map((word) => [...word].slice(0, LONGEST_WORD).join(''))
}

/** Words that stand side by side. */
export interface Phrase {
  readonly words: readonly string[]
  /** Whether the last one is but the beginning of a word. */
  readonly isPrefix: boolean
}

/** All of the one and none of the other. */
export interface TextQuery {
  readonly all: readonly Phrase[]
  readonly none: readonly Phrase[]
}

const PARTS = /(-?)(?:"([^"]*)"|(\S+))(\*?)/g

/**
 * Reads `words`, `"a phrase"`, `-not` and `prefix*`, joined by AND. Whatever else stands there is words or nothing; null where
 * the text has no word at all.
 */
export function readTextQuery(text: string): TextQuery | null {
  const all: Phrase[] = []
  const none: Phrase[] = []
  for (const [, minus, quoted, bare = '', star] of text.matchAll(PARTS)) {
    const words = wordsOf(quoted ?? bare)
    const isPrefix = quoted === undefined ? bare.endsWith('*') : star === '*'
    if (words.length > 0) (minus === '-' ? none : all).push({ words, isPrefix })
  }
  return all.length + none.length === 0 ? null : { all, none }
}
