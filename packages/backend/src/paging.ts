import type { ListMeta } from '@imalink/contract'
import { z } from 'zod'
import { AppError } from './app-error.ts'

const DEFAULT_LIMIT = 50

export interface PageRequest<K> {
  readonly limit: number
  readonly offset: number
  /** The sort key of the last row of the page before, null on the first page or with an offset. */
  readonly after: K | null
}

/**
 * Reads `limit`, `offset` and `cursor`. A cursor is the last row's sort key, named after the list it was made for.
 * Throws `contradicting_parameters`, `cursor_invalid`, `cursor_mismatch`.
 */
export function readPage<K>(
  query: { limit?: number | undefined; offset?: number | undefined; cursor?: string | undefined },
  list: string,
  key: z.ZodType<K>,
  defaultLimit = DEFAULT_LIMIT,
): PageRequest<K> {
  if (query.cursor !== undefined && query.offset !== undefined) {
    throw new AppError('contradicting_parameters', 'Give either cursor or offset, not both.')
  }
  return {
    limit: query.limit ?? defaultLimit,
    offset: query.offset ?? 0,
    after: query.cursor === undefined ? null : readCursor(query.cursor, list, key),
  }
}

/** The page out of `rows`, which are one more than it where another page follows, and the cursor to that one. */
export function cutPage<R, K>(
  rows: readonly R[],
  page: { readonly limit: number },
  list: string,
  keyOf: (row: R) => K,
): { shown: R[]; nextCursor: string | null } {
  const shown = rows.slice(0, page.limit)
  const last = shown.at(-1)
  const isFollowed = rows.length > shown.length && last !== undefined
  return { shown, nextCursor: isFollowed ? writeCursor(list, keyOf(last)) : null }
}

function writeCursor(list: string, key: unknown): string {
  return Buffer.from(JSON.stringify([list, key])).toString('base64url')
}

function readCursor<K>(cursor: string, list: string, key: z.ZodType<K>): K {
  const parsed = z.tuple([z.string(), z.unknown()]).safeParse(decode(cursor))
  if (!parsed.success) throw damaged()
  if (parsed.data[0] !== list)
    throw new AppError('cursor_mismatch', 'The cursor was made for another list or another order.')
  const found = key.safeParse(parsed.data[1])
  // No key that was written here holds a control character, and PostgreSQL refuses NUL.
  if (!found.success || /\\u/.test(JSON.stringify(found.data))) throw damaged()
  return found.data
}

function decode(cursor: string): unknown {
  try {
    return JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'))
  } catch (cause) {
    throw damaged(cause)
  }
}

function damaged(cause?: unknown): AppError {
  return new AppError('cursor_invalid', 'The cursor is damaged; begin at the first page again.', { cause })
}

/** The `meta` of a page. `total` is null on pages reached by a cursor. */
export function pageMeta(
  page: PageRequest<unknown>,
  total: number | null,
  nextCursor: string | null,
): ListMeta {
  return {
    total,
    offset: page.offset,
    limit: page.limit,
    page: total === null ? null : Math.floor(page.offset / page.limit) + 1,
    pages: total === null ? null : Math.ceil(total / page.limit),
    next_cursor: nextCursor,
  }
}
