import type { Author, BodyOf, ListMeta, QueryOf, authorsEndpoints } from '@imalink/contract'
import { z } from 'zod'
import type { SignedIn } from '../../access/viewer.ts'
import { AppError } from '../../app-error.ts'
import { now } from '../../clock.ts'
import { cutPage, pageMeta, readPage } from '../../paging.ts'
import { type Db, type Tx, inTransaction, isUniqueViolation } from '../../storage/database/database.ts'
import * as authors from './authors.repository.ts'

type Endpoints = typeof authorsEndpoints

/** What authors need of photos; `app.ts` introduces them. */
export interface Credits {
  /** Has photos be found by the names that they have now. */
  renewTexts(tx: Tx, photoIds: readonly number[]): Promise<void>
}

const LIST = 'authors'
const nameKey = z.object({ name_key: z.string(), id: z.int() })

/** The owner's authors by name. */
export async function pageOfAuthors(
  db: Db,
  owner: SignedIn,
  query: QueryOf<Endpoints['listAuthors']>,
): Promise<{ data: Author[]; meta: ListMeta }> {
  const page = readPage(query, LIST, nameKey)
  const rows = await authors.listAuthors(db, owner, page)
  const { shown, nextCursor } = cutPage(rows, page, LIST, ({ name_key, id }) => ({ name_key, id }))
  const total = page.after === null ? await authors.countAuthors(db, owner) : null
  return { data: await withCounts(db, owner, shown), meta: pageMeta(page, total, nextCursor) }
}

/** Throws `author_not_found`. */
export async function readAuthor(db: Db, owner: SignedIn, authorId: number): Promise<Author> {
  return oneOf(db, owner, await authors.findAuthor(db, owner, authorId))
}

/** Throws `author_exists`. */
export async function createAuthor(
  db: Db,
  owner: SignedIn,
  { name, email = null, bio, description }: BodyOf<Endpoints['createAuthor']>,
): Promise<Author> {
  const at = now()
  const said = { name, email, bio: bio ?? description ?? null }
  const row = await authors.insertAuthor(db, {
    ...said,
    user_id: owner.userId,
    created_at: at,
    updated_at: at,
  })
  if (!row) throw authorExists()
  return oneOf(db, owner, row)
}

/** Changes what is given; photos are found by the new name at once. Throws `author_not_found`, `author_exists`. */
export function changeAuthor(
  db: Db,
  owner: SignedIn,
  authorId: number,
  { said, renewTexts }: Credits & { readonly said: BodyOf<Endpoints['updateAuthor']> },
): Promise<Author> {
  const { description, ...rest } = said
  const given = Object.entries({ bio: description, ...rest }).filter(([, value]) => value !== undefined)
  const change = async (tx: Tx) => {
    const columns = { ...Object.fromEntries(given), updated_at: now() }
    const row = await authors.updateAuthor(tx, owner, authorId, columns)
    if (row && said.name !== undefined)
      await renewTexts(tx, await authors.creditedPhotos(tx, owner, authorId))
    return oneOf(tx, owner, row)
  }
  return inTransaction(db, change).catch((cause: unknown) => {
    throw isUniqueViolation(cause) ? authorExists() : cause
  })
}

/** Photos stay, and credit nobody. Throws `author_not_found`. */
export function forgetAuthor(
  db: Db,
  owner: SignedIn,
  authorId: number,
  { renewTexts }: Credits,
): Promise<void> {
  return inTransaction(db, async (tx) => {
    const credited = await authors.creditedPhotos(tx, owner, authorId)
    if (!(await authors.deleteAuthor(tx, owner, authorId))) throw authorNotFound()
    await renewTexts(tx, credited)
  })
}

async function oneOf(db: Db, owner: SignedIn, row: authors.AuthorRow | undefined): Promise<Author> {
  const [author] = row ? await withCounts(db, owner, [row]) : []
  if (!author) throw authorNotFound()
  return author
}

async function withCounts(db: Db, owner: SignedIn, rows: readonly authors.AuthorRow[]): Promise<Author[]> {
  const ids = rows.map(({ id }) => id)
  const counts = await authors.countCredits(db, owner, ids)
  return rows.map(({ user_id: _owner, name_key: _key, ...row }) => ({
    ...row,
    description: row.bio,
    image_count: counts.get(row.id) ?? 0,
  }))
}

const authorNotFound = () => new AppError('author_not_found', 'There is no such author of yours.')
const authorExists = () => new AppError('author_exists', 'You have an author of that name already.')
