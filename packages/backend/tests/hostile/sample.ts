import type { Dice } from './dice.ts'

/** Of JSON Schema, what the description uses. */
export interface Schema {
  readonly $ref?: string
  readonly type?: string | readonly string[]
  readonly enum?: readonly unknown[]
  readonly const?: unknown
  readonly anyOf?: readonly Schema[]
  readonly oneOf?: readonly Schema[]
  readonly properties?: Readonly<Record<string, Schema>>
  readonly required?: readonly string[]
  readonly items?: Schema
  readonly format?: string
  readonly pattern?: string
  readonly minimum?: number
  readonly maximum?: number
  readonly exclusiveMinimum?: number
  readonly minLength?: number
  readonly maxLength?: number
  readonly minItems?: number
}

export interface Sampling {
  readonly dice: Dice
  /** Values that mean something on this server, by the name of the field that takes them, or `#` and that of their schema. */
  readonly pool: Readonly<Record<string, readonly unknown[]>>
  readonly components: Readonly<Record<string, Schema>>
}

const FEW = 3
/** Deeper, only what is required is filled in. */
const DEEP = 4

/** A value that fits the schema, or nearly: what a field means beyond its schema only the pool knows. */
export function sample(schema: Schema, name: string, sampling: Sampling, depth = 0): unknown {
  const { dice, pool, components } = sampling
  const shape = schema.$ref?.split('/').at(-1) ?? ''
  const known = pool[`#${shape}`] ?? pool[name]
  if (known && dice.chance(0.8)) return dice.pick(known)
  const target = components[shape]
  if (target) return sample(target, name, sampling, depth)
  if (schema.const !== undefined) return schema.const
  if (schema.enum) return dice.pick(schema.enum)
  const ways = schema.anyOf ?? schema.oneOf
  if (ways) return sample(dice.pick(ways), name, sampling, depth)
  const type = typeof schema.type === 'string' ? schema.type : dice.pick(schema.type ?? ['string'])
  if (type === 'object') return sampleObject(schema, sampling, depth)
  if (type === 'array') {
    const length = Math.max(schema.minItems ?? 0, dice.below(FEW))
    return Array.from({ length }, () => sample(schema.items ?? {}, name, sampling, depth + 1))
  }
  return sampleScalar(type, schema, dice)
}

function sampleObject({ properties = {}, required = [] }: Schema, sampling: Sampling, depth: number): object {
  const wanted = Object.entries(properties).filter(
    ([name]) => required.includes(name) || (depth < DEEP && sampling.dice.chance(0.4)),
  )
  return Object.fromEntries(wanted.map(([name, schema]) => [name, sample(schema, name, sampling, depth + 1)]))
}

function sampleScalar(type: string, schema: Schema, dice: Dice): unknown {
  if (type === 'null') return null
  if (type === 'boolean') return dice.chance(0.5)
  if (type === 'string') return sampleString(schema, dice)
  const least = schema.minimum ?? (schema.exclusiveMinimum ?? -1) + 1
  const most = Math.min(schema.maximum ?? Infinity, least + dice.pick([3, 100, 10_000]))
  const number = dice.pick([least, most, least + dice.below(most - least + 1)])
  return type === 'number' && dice.chance(0.5) ? Math.min(number + 0.5, most) : number
}

function sampleString({ format, pattern = '', minLength = 0, maxLength = 40 }: Schema, dice: Dice): string {
  if (format === 'email') return `someone${dice.below(1e6)}@example.org`
  if (format === 'date-time' || /\\d\\d/.test(pattern)) return dice.pick(TIMES)
  const hex = /\[0-9a-f\]\{(\d+)\}/.exec(pattern)?.[1]
  if (hex) return Array.from({ length: Number(hex) }, () => dice.below(16).toString(16)).join('')
  const length = dice.pick([
    minLength,
    Math.min(maxLength, minLength + dice.below(12)),
    Math.min(maxLength, 300),
  ])
  return Array.from({ length }, () => dice.pick([...'abcdefghij0123'])).join('')
}

const TIMES = [
  '2024-07-01T12:00:00',
  '2024-07-01T12:00:00Z',
  '1999-12-31T23:59:59.999',
  '2024-02-29T00:00:00+14:00',
]
