/** Letters that are no other letter with a mark, and stand for one all the same. */
const LETTERS: Readonly<Record<string, string>> = {
  ø: 'o',
  æ: 'ae',
  œ: 'oe',
  đ: 'd',
  ð: 'd',
  þ: 'th',
  ł: 'l',
  ß: 'ss',
  ħ: 'h',
  ı: 'i',
  ŋ: 'n',
  ŧ: 't',
}
const lettersWithoutMark = new RegExp(`[${Object.keys(LETTERS).join('')}]`, 'g')

/**
 * Accents and points that readers leave out, as ranges of code points: the combining marks of Latin, Greek and Cyrillic, Hebrew and
 * Arabic points (Unicode 16). Vowel signs of India and the voicing marks of kana are letters to their readers.
 */
const MARKS: readonly (readonly [from: number, to: number])[] = [
  [0x0300, 0x036f],
  [0x0483, 0x0487],
  [0x0591, 0x05bd],
  [0x05bf, 0x05bf],
  [0x05c1, 0x05c2],
  [0x05c4, 0x05c5],
  [0x05c7, 0x05c7],
  [0x064b, 0x065f],
  [0x0670, 0x0670],
  [0x1ab0, 0x1aff],
  [0x1dc0, 0x1dff],
  [0x20d0, 0x20ff],
  [0xfe20, 0xfe2f],
]
const marks = new RegExp(
  MARKS.map(([from, to]) => `[\\u{${from.toString(16)}}-\\u{${to.toString(16)}}]`).join('|'),
  'gu',
)

/** The text in lower case and without accents, alike on every database: `Tromsø` is `tromso`. */
export function fold(text: string): string {
  return text
    .normalize('NFKD')
    .replace(marks, '')
    .toLowerCase()
    .replace(lettersWithoutMark, (letter) => LETTERS[letter] ?? letter)
    .normalize('NFC')
}

/** What a title is sorted by. */
export function titleKey(title: string | null): string {
  return title === null ? '' : fold(title).trim()
}
