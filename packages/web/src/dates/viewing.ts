import { z } from 'zod'
import { type PhotoList, listPath } from './period.ts'

const viewing = z.object({
  list: z.union([
    z.literal('undated'),
    z.object({ year: z.int(), month: z.int(), day: z.int() }),
    z.object({ words: z.string() }),
  ]),
  openedFrom: z.string().nullable(),
})

/** What the browser's history keeps beside a photo's address: the list it is seen in, and the page it was opened from. */
export interface Viewing {
  readonly list: PhotoList
  /** Null when it was opened by its address. */
  readonly openedFrom: string | null
}

/** A photo opened from the page of its list. */
export function openedFrom(list: PhotoList): Viewing {
  return { list, openedFrom: listPath(list) }
}

/** Reads what history kept; null where there is none, or another program's. */
export function readViewing(state: unknown): Viewing | null {
  return viewing.safeParse(state).data ?? null
}
