import type { SpaceRole } from '@imalink/contract'
import { type Insertable, type Updateable, expressionBuilder, sql } from 'kysely'
import type { SignedIn } from '../../access/viewer.ts'
import { visibleTo } from '../../access/visibility.ts'
import { type Db, type Tx, engineOf } from '../../storage/database/database.ts'
import type { Database } from '../../storage/database/schema.ts'

interface Page<Key> {
  readonly limit: number
  readonly offset: number
  readonly after: Key | null
}

const spaces = expressionBuilder<Database, 'spaces'>()

const members = spaces
  .selectFrom('space_members as every_member')
  .select(({ fn }) => fn.countAll<number>().as('count'))
  .whereRef('every_member.space_id', '=', 'spaces.id')

/** Spaces of which the viewer is a member, as they see them. */
function spacesOf(db: Db, viewer: SignedIn) {
  const photos = spaces
    .selectFrom('space_photos')
    .innerJoin('photos', 'photos.id', 'space_photos.photo_id')
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .whereRef('space_photos.space_id', '=', 'spaces.id')
    .where(visibleTo(viewer))
  return db
    .selectFrom('space_members')
    .innerJoin('spaces', 'spaces.id', 'space_members.space_id')
    .select(['spaces.id', 'spaces.name', 'spaces.description', 'spaces.created_at', 'spaces.updated_at'])
    .select('space_members.role')
    .select([sql<number>`${members}`.as('member_count'), sql<number>`${photos}`.as('photo_count')])
    .where('space_members.user_id', '=', viewer.userId)
}

/** One page and one row more, in the order they were made. */
export function listSpaces(db: Db, viewer: SignedIn, page: Page<number>) {
  return spacesOf(db, viewer)
    .$if(page.after !== null, (rows) => rows.where('spaces.id', '>', page.after ?? 0))
    .orderBy('spaces.id')
    .limit(page.limit + 1)
    .offset(page.offset)
    .execute()
}

export async function countSpaces(db: Db, viewer: SignedIn): Promise<number> {
  const { count } = await db
    .selectFrom('space_members')
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .where('user_id', '=', viewer.userId)
    .executeTakeFirstOrThrow()
  return count
}

export function findSpace(db: Db, viewer: SignedIn, spaceId: number) {
  return spacesOf(db, viewer).where('spaces.id', '=', spaceId).executeTakeFirst()
}

/** The role of a member, undefined for everybody else. */
export async function roleIn(db: Db, { userId }: SignedIn, spaceId: number): Promise<SpaceRole | undefined> {
  const member = await db
    .selectFrom('space_members')
    .select('role')
    .where('space_id', '=', spaceId)
    .where('user_id', '=', userId)
    .executeTakeFirst()
  return member?.role
}

/** Holds off whoever else would change who is in the space, until the transaction ends. */
export async function lockSpace(tx: Tx, spaceId: number): Promise<void> {
  await tx
    .selectFrom('spaces')
    .select('id')
    .where('id', '=', spaceId)
    // SQLite has one writer, which this is.
    .$if(engineOf(tx) === 'postgres', (rows) => rows.forUpdate())
    .execute()
}

export async function insertSpace(tx: Tx, row: Insertable<Database['spaces']>): Promise<number> {
  const { id } = await tx.insertInto('spaces').values(row).returning('id').executeTakeFirstOrThrow()
  return id
}

export async function updateSpace(
  tx: Tx,
  spaceId: number,
  change: Updateable<Database['spaces']>,
): Promise<void> {
  await tx.updateTable('spaces').set(change).where('id', '=', spaceId).execute()
}

export async function deleteSpace(tx: Tx, spaceId: number): Promise<void> {
  await tx.deleteFrom('spaces').where('id', '=', spaceId).execute()
}

/** False where the user is a member already. */
export async function insertMember(tx: Tx, row: Insertable<Database['space_members']>): Promise<boolean> {
  const { numInsertedOrUpdatedRows = 0n } = await tx
    .insertInto('space_members')
    .values(row)
    .onConflict((on) => on.columns(['space_id', 'user_id']).doNothing())
    .executeTakeFirstOrThrow()
  return numInsertedOrUpdatedRows > 0n
}

function membersOf(db: Db, spaceId: number) {
  return db
    .selectFrom('space_members')
    .innerJoin('users', 'users.id', 'space_members.user_id')
    .select(['space_members.user_id', 'space_members.role', 'space_members.joined_at'])
    .select(['users.username', 'users.display_name'])
    .where('space_members.space_id', '=', spaceId)
}

export type MemberRow = Awaited<ReturnType<typeof listMembers>>[number]

/** Who has served longest, ties by id. */
export interface MemberKey {
  readonly joined_at: string
  readonly user_id: number
}

/** One page and one row more, longest-serving first; for members of the space. */
export function listMembers(db: Db, spaceId: number, page: Page<MemberKey>) {
  const { after } = page
  return membersOf(db, spaceId)
    .$if(after !== null, (rows) =>
      rows.where(
        sql<boolean>`(space_members.joined_at, space_members.user_id) > (${after?.joined_at ?? ''}, ${after?.user_id ?? 0})`,
      ),
    )
    .orderBy('space_members.joined_at')
    .orderBy('space_members.user_id')
    .limit(page.limit + 1)
    .offset(page.offset)
    .execute()
}

export function findMember(db: Db, spaceId: number, userId: number) {
  return membersOf(db, spaceId).where('space_members.user_id', '=', userId).executeTakeFirst()
}

export async function countMembers(db: Db, spaceId: number): Promise<number> {
  const { count } = await db
    .selectFrom('space_members')
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .where('space_id', '=', spaceId)
    .executeTakeFirstOrThrow()
  return count
}

export async function ownersOf(db: Db, spaceId: number): Promise<number[]> {
  const rows = await db
    .selectFrom('space_members')
    .select('user_id')
    .where('space_id', '=', spaceId)
    .where('role', '=', 'owner')
    .execute()
  return rows.map(({ user_id }) => user_id)
}

export async function setRole(tx: Tx, spaceId: number, userId: number, role: SpaceRole): Promise<void> {
  await tx
    .updateTable('space_members')
    .set({ role })
    .where('space_id', '=', spaceId)
    .where('user_id', '=', userId)
    .execute()
}

/** A member goes, and their photos with them. */
export async function deleteMember(tx: Tx, spaceId: number, userId: number): Promise<void> {
  const theirs = tx.selectFrom('photos').select('id').where('user_id', '=', userId)
  await tx
    .deleteFrom('space_photos')
    .where('space_id', '=', spaceId)
    .where('photo_id', 'in', theirs)
    .execute()
  await tx.deleteFrom('space_members').where('space_id', '=', spaceId).where('user_id', '=', userId).execute()
}

/** Spaces that nobody else owns, with their longest-serving editor, if there is one. */
export async function aloneOwnedBy(
  tx: Tx,
  userId: number,
): Promise<{ space_id: number; heir_id: number | null }[]> {
  const { rows } = await sql<{ space_id: number; heir_id: number | null }>`
    select space_id, (
      select user_id from space_members editor
      where editor.space_id = mine.space_id and editor.role = 'editor'
      order by editor.joined_at, editor.user_id limit 1
    ) as heir_id
    from space_members mine
    where user_id = ${userId} and role = 'owner' and not exists (
      select 1 from space_members other
      where other.space_id = mine.space_id and other.role = 'owner' and other.user_id <> mine.user_id
    )
    order by space_id`.execute(tx)
  return rows
}

/** Puts photos into a space; answers the ids of those that were not in it. */
export async function insertPhotos(
  tx: Tx,
  spaceId: number,
  photoIds: readonly number[],
  at: string,
): Promise<number[]> {
  const rows = await tx
    .insertInto('space_photos')
    .columns(['space_id', 'photo_id', 'sort_time', 'added_at'])
    .expression(
      tx
        .selectFrom('photos')
        .select([sql<number>`cast(${spaceId} as bigint)`.as('space_id'), 'id', 'sort_time'])
        .select(sql<string>`cast(${at} as text)`.as('added_at'))
        .where('id', 'in', photoIds),
    )
    .onConflict((on) => on.doNothing())
    .returning('photo_id')
    .execute()
  return rows.map(({ photo_id }) => photo_id)
}

export async function deletePhotos(tx: Tx, spaceId: number, photoIds: readonly number[]): Promise<number> {
  const gone = await tx
    .deleteFrom('space_photos')
    .where('space_id', '=', spaceId)
    .where('photo_id', 'in', photoIds)
    .executeTakeFirst()
  return Number(gone.numDeletedRows)
}
