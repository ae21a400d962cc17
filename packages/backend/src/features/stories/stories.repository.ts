import type { StoryContent } from '@imalink/contract'
import { type Insertable, type Selectable, type SqlBool, type Updateable, sql } from 'kysely'
import { storyVisibleTo } from '../../access/stories.ts'
import type { SignedIn, Viewer } from '../../access/viewer.ts'
import { ownedBy, visibleTo } from '../../access/visibility.ts'
import { type Db, type Tx, engineOf } from '../../storage/database/database.ts'
import type { Database } from '../../storage/database/schema.ts'

export type StoryRow = Omit<Selectable<Database['stories']>, 'words' | 'is_told'> & {
  readonly display_name: string
}

/** What is asked of stories in a list. */
export interface Wanted {
  readonly ownerId?: number | undefined
  readonly document_type?: 'general' | 'album' | 'slideshow' | undefined
  /** Folded words, all of which are in the story. */
  readonly words: readonly string[]
}

/** The last story of the page before. */
export interface StoryKey {
  readonly updated_at: string
  readonly id: number
}

function readableBy(db: Db, viewer: Viewer) {
  return db
    .selectFrom('stories')
    .innerJoin('users', 'users.id', 'stories.user_id')
    .where(storyVisibleTo(viewer))
}

const columns = [
  'stories.id',
  'stories.user_id',
  'stories.title',
  'stories.document_type',
  'stories.abstract',
  'stories.cover_hash',
  'stories.cover_alt',
  'stories.content',
  'stories.visibility',
  'stories.is_published',
  'stories.published_at',
  'stories.created_at',
  'stories.updated_at',
  'users.display_name',
] as const

function wantedOf(db: Db, viewer: Viewer, { ownerId, document_type, words }: Wanted) {
  // Words have letters and digits alone, so that nothing in them is a pattern.
  const found = words.map((word) => sql<SqlBool>`stories.words like ${`% ${word} %`}`)
  return readableBy(db, viewer)
    .$if(ownerId !== undefined, (rows) => rows.where('stories.user_id', '=', ownerId ?? 0))
    .$if(document_type !== undefined, (rows) =>
      rows.where('stories.document_type', '=', document_type ?? 'general'),
    )
    .$if(found.length > 0, (rows) => rows.where(({ and }) => and(found)))
}

/** One page and one row more, latest change first. */
export function listStories(
  db: Db,
  viewer: Viewer,
  wanted: Wanted,
  page: { limit: number; offset: number; after: StoryKey | null },
): Promise<StoryRow[]> {
  const { after } = page
  return wantedOf(db, viewer, wanted)
    .select(columns)
    .$if(after !== null, (rows) =>
      rows.where(
        sql<SqlBool>`(stories.updated_at, stories.id) < (${after?.updated_at ?? ''}, ${after?.id ?? 0})`,
      ),
    )
    .orderBy('stories.updated_at', 'desc')
    .orderBy('stories.id', 'desc')
    .limit(page.limit + 1)
    .offset(page.offset)
    .execute()
}

export async function countStories(db: Db, viewer: Viewer, wanted: Wanted): Promise<number> {
  const { count } = await wantedOf(db, viewer, wanted)
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .executeTakeFirstOrThrow()
  return count
}

export function findStory(db: Db, viewer: Viewer, id: number): Promise<StoryRow | undefined> {
  return readableBy(db, viewer).select(columns).where('stories.id', '=', id).executeTakeFirst()
}

/** The owner's story, which nobody else changes until the transaction ends. */
export function lockStory(tx: Tx, owner: SignedIn, id: number) {
  return (
    tx
      .selectFrom('stories')
      .selectAll()
      .where('id', '=', id)
      .where('user_id', '=', owner.userId)
      // SQLite has one writer, which this is.
      .$if(engineOf(tx) === 'postgres', (rows) => rows.forUpdate())
      .executeTakeFirst()
  )
}

export async function insertStory(tx: Tx, row: Insertable<Database['stories']>): Promise<number> {
  const { id } = await tx.insertInto('stories').values(row).returning('id').executeTakeFirstOrThrow()
  return id
}

export async function updateStory(
  tx: Tx,
  id: number,
  change: Updateable<Database['stories']>,
): Promise<void> {
  await tx.updateTable('stories').set(change).where('id', '=', id).execute()
}

export async function deleteStory(tx: Tx, id: number): Promise<void> {
  await tx.deleteFrom('stories').where('id', '=', id).execute()
}

/** Parameters in one statement have an end. */
const AT_ONCE = 1000

/** Which of these hothashes are those of a photo that the viewer may see. */
export async function visibleAmong(
  db: Db,
  viewer: Viewer,
  hothashes: readonly string[],
): Promise<Set<string>> {
  const found = new Set<string>()
  for (let first = 0; first < hothashes.length; first += AT_ONCE) {
    const rows = await db
      .selectFrom('photos')
      .select('hothash')
      .distinct()
      .where('hothash', 'in', hothashes.slice(first, first + AT_ONCE))
      .where(visibleTo(viewer))
      .execute()
    for (const { hothash } of rows) found.add(hothash)
  }
  return found
}

/** The owner's photos outside the trash that have these hothashes. */
export async function ownAmong(db: Db, owner: SignedIn, hothashes: readonly string[]) {
  const found: { id: number; hothash: string; visibility: StoryRow['visibility'] }[] = []
  for (let first = 0; first < hothashes.length; first += AT_ONCE)
    found.push(
      ...(await db
        .selectFrom('photos')
        .select(['id', 'hothash', 'visibility'])
        .where('hothash', 'in', hothashes.slice(first, first + AT_ONCE))
        .where(ownedBy(owner))
        .execute()),
    )
  return found
}

/** As it was checked when it was written. */
export function contentOf({ content }: Pick<StoryRow, 'content'>): StoryContent {
  return JSON.parse(content) as StoryContent
}
