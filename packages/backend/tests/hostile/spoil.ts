import type { Dice } from './dice.ts'

/** JSON as text, where no value of JavaScript's says it. */
class Raw {
  readonly text: string

  constructor(text: string) {
    this.text = text
  }
}

const STRINGS = [
  '',
  ' ',
  '0',
  '-1',
  '1e0',
  '0x10',
  ' 1',
  '1 ',
  '+1',
  '01',
  '١٢',
  '9007199254740993',
  '18446744073709551616',
  'NaN',
  'Infinity',
  'null',
  'undefined',
  'true',
  "'; DROP TABLE photos; --",
  "' OR '1'='1",
  '" OR 1=1 --',
  '%',
  '_%_',
  '\\',
  '"a" NEAR("b" "c", 5) AND *',
  'a OR NOT ("',
  'col:umn ^x*',
  ':* & | ! <-> ()',
  '../../../../etc/passwd',
  '..\\..\\windows',
  '/etc/passwd\u0000.jpg',
  'file:///etc/passwd',
  '__proto__',
  'constructor',
  'hasOwnProperty',
  '{{7*7}}${7*7}<%= 7*7 %>',
  '<script>alert(1)</script>',
  'a\r\nSet-Cookie: x=y',
  '\u0000',
  '\ud800',
  '\udc00\ud800',
  '\uffff\ufffe',
  '\u202eevil\u202c',
  'e\u0301'.repeat(200),
  '👩‍👩‍👧‍👦'.repeat(50),
  '\ufeffbom',
  'İıßſ',
  '2024-02-30T25:61:61',
  '0000-00-00T00:00:00',
  '9999-12-31T23:59:59.9999999999',
  '-271821-04-20T00:00:00Z',
  '+275760-09-13T00:00:00.000Z',
  'x'.repeat(300),
  'x'.repeat(70_000),
  'a'.repeat(64),
  'A'.repeat(64),
  `${'0'.repeat(63)}g`,
]

const NUMBERS = [
  ...[0, -1, 1, 0.1, -0.5, 1e21, 1e308, 5e-324, 2 ** 31, -(2 ** 31) - 1, 2 ** 53, 2 ** 53 + 2, 2 ** 63],
  ...['-0', '1e400', '-1e400', '18446744073709551616', `1${'0'.repeat(400)}`, '0.1e-400', '1E+2'].map(
    (text) => new Raw(text),
  ),
]

const OTHERS: readonly unknown[] = [
  ...[null, true, false, [], {}, [[]], [null], { a: 1 }, { length: 1e9 }, { toString: 1 }, { $ne: null }],
  new Raw('{"__proto__": {"is_admin": true}}'),
  new Raw('{"constructor": {"prototype": {"is_admin": true}}}'),
  new Raw('{"id": 1, "id": 2}'),
]

/** Something that hardly any field takes. */
export function hostileValue(dice: Dice): unknown {
  return dice.pick<() => unknown>([
    () => dice.pick(STRINGS),
    () => dice.pick(NUMBERS),
    () => dice.pick(OTHERS),
    () => deep(dice),
    () => Array.from({ length: dice.pick([10, 1001, 20_000]) }, () => dice.pick([1, 'a', null])),
  ])()
}

export function hostileString(dice: Dice): string {
  return dice.pick(STRINGS)
}

function deep(dice: Dice): Raw {
  const levels = dice.pick([50, 1000, 100_000])
  const [open, close] = dice.pick([
    ['[', ']'],
    ['{"a":', '}'],
  ] as const)
  return new Raw(`${open.repeat(levels)}1${close.repeat(levels)}`)
}

/** The value with something wrong somewhere in it. */
export function spoil(value: unknown, dice: Dice): unknown {
  if (Array.isArray(value) && value.length > 0 && dice.chance(0.8)) {
    const at = dice.below(value.length)
    return value.map((item: unknown, index) => (index === at ? spoil(item, dice) : item))
  }
  if (isRecord(value) && dice.chance(0.9)) return spoilRecord(value, dice)
  if (typeof value === 'string' && dice.chance(0.3)) return spoilText(value, dice)
  return hostileValue(dice)
}

function spoilRecord(value: Readonly<Record<string, unknown>>, dice: Dice): unknown {
  const names = Object.keys(value)
  const name = names.length > 0 ? dice.pick(names) : 'a'
  return dice.pick<() => unknown>([
    () => ({ ...value, [name]: spoil(value[name], dice) }),
    () => ({ ...value, [name]: spoil(value[name], dice) }),
    () => ({ ...value, [name]: hostileValue(dice) }),
    () => Object.fromEntries(Object.entries(value).filter(([key]) => key !== name)),
    () => ({
      ...value,
      [dice.pick(['unknown', 'id', 'user_id', 'toString', '', '\u0000'])]: hostileValue(dice),
    }),
    () => new Raw(`{"__proto__": {"is_admin": true}, ${toJson(value).slice(1)}`),
  ])()
}

/** A text that is nearly right. */
function spoilText(text: string, dice: Dice): string {
  const at = dice.below(text.length + 1)
  return dice.pick([
    text.slice(0, at),
    text + text,
    text.slice(0, at) + hostileString(dice) + text.slice(at),
    text.toUpperCase(),
    `${text}\u0000`,
  ])
}

/** JSON, with what is raw in it as it is. */
export function toJson(value: unknown): string {
  if (value instanceof Raw) return value.text
  if (Array.isArray(value)) return `[${value.map(toJson).join(',')}]`
  if (!isRecord(value)) return JSON.stringify(value) ?? 'null'
  const fields = Object.entries(value).map(([name, field]) => `${JSON.stringify(name)}:${toJson(field)}`)
  return `{${fields.join(',')}}`
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Raw)
}
