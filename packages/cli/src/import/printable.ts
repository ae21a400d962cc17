/** What would move a terminal's cursor, colour it, or turn the direction of its text. */
const treacherous = /[\p{Cc}\p{Zl}\p{Zp}\u061C\u200E\u200F\u202A-\u202E\u2066-\u2069]/gu

/** Text from outside, such as a file's name, so that a terminal shows it and does nothing else. */
export function printable(text: string): string {
  return text.replace(treacherous, (character) => {
    const code = character.codePointAt(0) ?? 0
    return code === 10 ? '\\n' : code === 9 ? '\\t' : `\\u{${code.toString(16)}}`
  })
}

/** `1:05`, `2:00:09`; whole seconds. */
export function duration(seconds: number): string {
  const whole = Math.round(seconds)
  const minutes = Math.floor(whole / 60)
  const pad = (count: number) => String(count).padStart(2, '0')
  const rest = `${pad(whole % 60)}`
  return minutes < 60 ? `${minutes}:${rest}` : `${Math.floor(minutes / 60)}:${pad(minutes % 60)}:${rest}`
}

const numbers = new Intl.NumberFormat('en')

/** `12,345`. */
export function count(number: number): string {
  return numbers.format(number)
}

/** `1 file`, `2,000 files`. */
export function counted(number: number, one: string, many = `${one}s`): string {
  return `${count(number)} ${number === 1 ? one : many}`
}
