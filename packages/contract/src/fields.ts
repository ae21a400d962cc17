import { z } from 'zod'
import { limits } from './limits.ts'
import { parseWallClock } from './wall-clock.ts'

const loneSurrogate = /\p{Surrogate}/u

/** Text a person typed: trimmed by nobody, but without NUL and lone surrogates, which no database keeps alike. */
export const plainText = (maxLength: number) =>
  z
    .string()
    .max(maxLength)
    .refine(
      (text) => !text.includes('\0') && !loneSurrogate.test(text),
      'has a character that cannot be stored',
    )

export const hothash = z
  .string()
  .regex(/^[0-9a-f]{64}$/, 'is not 64 lower-case hexadecimal digits')
  .meta({ description: 'SHA-256 of the hotpreview, lower-case hexadecimal: the identity of a photo' })

export const sha256 = z.string().regex(/^[0-9a-f]{64}$/, 'is not 64 lower-case hexadecimal digits')

/** A database id. Larger integers than JavaScript counts exactly are no ids. */
export const id = z.int().positive()

/** `id` or `hothash` in a path. Anything else is a photo that does not exist, so it is not refused here. */
export const photoRef = z.string().meta({ description: 'id or hothash of a photo' })
/** An id in a path, in the one way that it is written. */
export const pathId = z.preprocess(
  (given) => (typeof given === 'string' && /^[1-9]\d*$/.test(given) ? Number(given) : given),
  z.int().positive(),
)

export const instant = z
  .string()
  .meta({ description: 'UTC instant, YYYY-MM-DDTHH:MM:SS.sssZ', format: 'date-time' })

/** A UTC instant that a caller sends, such as a file's modification time. */
export const givenInstant = z.iso.datetime({ offset: true })

export const wallClock = z
  .string()
  .refine(
    (text) => parseWallClock(text) !== null,
    'is not YYYY-MM-DDTHH:MM:SS[.sss] with a year from 1900 to 2100',
  )
  .meta({
    description: "The camera's wall-clock time, YYYY-MM-DDTHH:MM:SS[.sss]; a zone at its end is split off",
  })

export const visibility = z.enum(['private', 'space', 'authenticated', 'public'])
export type Visibility = z.infer<typeof visibility>

export const rating = z.int().min(0).max(5)
export const flag = z.enum(['pick', 'reject'])
export const colorLabel = z.enum(['red', 'yellow', 'green', 'blue', 'purple'])

const controlCommaBackslash = /[\p{Cc},\\]/u

/** A tag as it is stored: lower case, trimmed, NFC. Null where the text is no tag. */
export function normalizeTag(text: string): string | null {
  const name = text.normalize('NFC').trim().toLowerCase()
  const length = [...name].length
  if (length < 1 || length > limits.tagLength) return null
  return controlCommaBackslash.test(name) || loneSurrogate.test(name) ? null : name
}

export const tagName = z
  .string()
  .refine(
    (text) => normalizeTag(text) !== null,
    'is not a tag: 1-50 characters without control characters, comma, backslash',
  )

/** Every list: one page of `item`, and where it lies in the whole. */
export const listOf = <T extends z.ZodType>(item: T) => z.object({ data: z.array(item), meta: listMeta })

export const listMeta = z.object({
  total: z.int().nullable(),
  offset: z.int(),
  limit: z.int(),
  page: z.int().nullable(),
  pages: z.int().nullable(),
  next_cursor: z.string().nullable(),
})
export type ListMeta = z.infer<typeof listMeta>

const wholeNumber = (text: string) => /^\d+$/.test(text)

/** A whole number written in a query string. */
export const queryInt = (min: number, max: number) =>
  z
    .string()
    .refine(wholeNumber, 'is not a whole number')
    .meta({ type: 'integer', minimum: min, maximum: max })
    .transform(Number)
    .pipe(z.int().min(min).max(max))

export const pageQuery = {
  limit: queryInt(1, limits.pagePhotos).optional(),
  offset: queryInt(0, Number.MAX_SAFE_INTEGER).optional(),
  cursor: z.string().max(500).optional(),
}

/** Several words in one query parameter: commas or repetition. */
export const queryWords = <const W extends readonly [string, ...string[]]>(words: W) =>
  z
    .union([z.string(), z.array(z.string())])
    .transform((value) =>
      [value]
        .flat()
        .flatMap((part) => part.split(','))
        .filter((part) => part !== ''),
    )
    .pipe(z.array(z.enum(words)))
