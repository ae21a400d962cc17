import type { AnswerOf, BodyOf, ListMeta, QueryOf, Stack, stacksEndpoints } from '@imalink/contract'
import { limits } from '@imalink/contract'
import { z } from 'zod'
import { countInStacks } from '../../access/stacks.ts'
import type { SignedIn, Viewer } from '../../access/viewer.ts'
import { AppError, missingReference } from '../../app-error.ts'
import { now } from '../../clock.ts'
import { type History, NO_CHANGES } from '../../history.ts'
import { cutPage, pageMeta, readPage } from '../../paging.ts'
import { type Db, type Tx, inTransaction } from '../../storage/database/database.ts'
import * as stacks from './stacks.repository.ts'

type Endpoints = typeof stacksEndpoints
type Changed = AnswerOf<Endpoints['updateStack']>

/** What stacks need of photos; `app.ts` introduces them. */
export interface StackedPhotos {
  /** Those of the owner's photos outside the trash that have these hothashes; nobody else changes them meanwhile. */
  lock(tx: Tx, owner: SignedIn, hothashes: readonly string[]): Promise<{ id: number; hothash: string }[]>
  /** Puts photos into a stack, or out of theirs. */
  put(tx: Tx, photoIds: readonly number[], stackId: number | null, at: string): Promise<void>
  readonly history: History
}

const LIST = 'photo-stacks'
/** Of the members of a stack in a list. */
const SHOWN_IN_LISTS = 20

/** The owner's stacks, latest first. */
export async function pageOfStacks(
  db: Db,
  owner: SignedIn,
  query: QueryOf<Endpoints['listStacks']>,
): Promise<{ data: Stack[]; meta: ListMeta }> {
  const page = readPage(query, LIST, z.int())
  const rows = await stacks.listStacks(db, owner, page)
  const { shown, nextCursor } = cutPage(rows, page, LIST, ({ id }) => id)
  const total = page.after === null ? await stacks.countStacks(db, owner) : null
  return { data: await shaped(db, owner, shown, SHOWN_IN_LISTS), meta: pageMeta(page, total, nextCursor) }
}

/** A stack with the photos in it that the viewer may see. Throws `stack_not_found`, also where they may see none. */
export async function readStack(db: Db, viewer: Viewer, stackId: number): Promise<Stack> {
  const row = await stacks.findStack(db, viewer, stackId)
  const [stack] = row ? await shaped(db, viewer, [row], limits.stackPhotos) : []
  if (!stack) throw stackNotFound()
  return stack
}

async function shaped(
  db: Db,
  viewer: Viewer,
  rows: readonly stacks.StackRow[],
  most: number,
): Promise<Stack[]> {
  const ids = rows.map(({ id }) => id)
  const members = Map.groupBy(await stacks.membersOfStacks(db, viewer, ids, most), ({ stack_id }) => stack_id)
  const counts = await countInStacks(db, viewer, ids)
  return rows.flatMap(({ user_id: _owner, cover_photo_id: _cover, ...row }) => {
    const hothashes = (members.get(row.id) ?? []).map(({ hothash }) => hothash)
    const [cover] = hothashes
    // All its photos have gone since the stack was read.
    if (cover === undefined) return []
    return {
      ...row,
      cover_photo_hothash: cover,
      photo_hothashes: hothashes,
      photo_count: counts.get(row.id) ?? 0,
    }
  })
}

/** Stacks own photos, which leave the stacks that they are in. Throws `photo_not_found`. */
export function createStack(
  db: Db,
  owner: SignedIn,
  said: BodyOf<Endpoints['createStack']>,
  photos: StackedPhotos,
): Promise<Changed> {
  return inTransaction(db, async (tx) => {
    const at = now()
    const { ids, cover } = await named(tx, owner, said, photos)
    const before = await stateOf(tx, owner, ids, [])
    const stackId = await stacks.insertStack(tx, {
      user_id: owner.userId,
      stack_type: said.stack_type,
      cover_photo_id: cover ?? null,
      created_at: at,
      updated_at: at,
    })
    await move(tx, ids, { stackId, at }, photos)
    return changed(tx, owner, { stackId, before, at, message: 'The photos are stacked.' }, photos)
  })
}

/** Ids of the photos that are named, and that of the cover among them. Throws `photo_not_found`. */
async function named(
  tx: Tx,
  owner: SignedIn,
  said: Pick<BodyOf<Endpoints['updateStack']>, 'cover_photo_hothash' | 'photo_hothashes'>,
  photos: StackedPhotos,
): Promise<{ ids: number[]; cover: number | undefined }> {
  const { cover_photo_hothash: coverHothash, photo_hothashes: hothashes = [] } = said
  const wanted = new Set([...(coverHothash === undefined ? [] : [coverHothash]), ...hothashes])
  const found = wanted.size === 0 ? [] : await photos.lock(tx, owner, [...wanted])
  if (found.length < wanted.size) throw photoNotFound()
  return { ids: found.map(({ id }) => id), cover: found.find(({ hothash }) => hothash === coverHothash)?.id }
}

/** Where photos are, and what those stacks and some others are. */
interface State {
  readonly stackIds: ReadonlyMap<number, number | null>
  readonly rows: readonly stacks.StackRow[]
}

async function stateOf(
  tx: Tx,
  owner: SignedIn,
  photoIds: readonly number[],
  moreStacks: readonly number[],
): Promise<State> {
  const stackIds = await stacks.stackIdsOf(tx, photoIds)
  const held = [...stackIds.values()].filter((id) => id !== null)
  return { stackIds, rows: await stacks.rowsOf(tx, owner, [...new Set([...held, ...moreStacks])]) }
}

/** Puts photos into a stack, or out of theirs. Throws `validation_failed` where it holds too many then. */
async function move(
  tx: Tx,
  photoIds: readonly number[],
  { stackId, at }: { readonly stackId: number | null; readonly at: string },
  photos: StackedPhotos,
): Promise<void> {
  if (photoIds.length === 0) return
  await photos.put(tx, photoIds, stackId, at)
  await stacks.forgetCovers(tx, photoIds, stackId, at)
  if (stackId === null || (await stacks.sizeOf(tx, stackId)) <= limits.stackPhotos) return
  const message = `would be more than ${limits.stackPhotos} in one stack`
  throw new AppError('validation_failed', `Photos ${message}.`, {
    errors: [{ path: 'body.photo_hothashes', message }],
  })
}

/** Changes what is given; photos that are named are all there are afterwards. Throws `stack_not_found`, `photo_not_found`. */
export function changeStack(
  db: Db,
  owner: SignedIn,
  stackId: number,
  { said, photos }: { readonly said: BodyOf<Endpoints['updateStack']>; readonly photos: StackedPhotos },
): Promise<Changed> {
  return inTransaction(db, async (tx) => {
    const at = now()
    await mustBeOwn(tx, owner, stackId)
    const { ids, cover } = await named(tx, owner, said, photos)
    const staying = new Set(ids)
    const members = said.photo_hothashes ? await stacks.idsInStack(tx, owner, stackId) : []
    const leaving = members.filter((id) => !staying.has(id))
    const before = await stateOf(tx, owner, [...ids, ...leaving], [stackId])
    await move(tx, ids, { stackId, at }, photos)
    await move(tx, leaving, { stackId: null, at }, photos)
    await stacks.updateStack(tx, stackId, {
      ...(said.stack_type === undefined ? {} : { stack_type: said.stack_type }),
      ...(cover === undefined ? {} : { cover_photo_id: cover }),
      updated_at: at,
    })
    return changed(tx, owner, { stackId, before, at, message: 'The stack is changed.' }, photos)
  })
}

/** Adds a photo, which leaves the stack that it is in. Throws `stack_not_found`, `photo_not_found`. */
export function addToStack(
  db: Db,
  owner: SignedIn,
  stackId: number,
  { hothash, photos }: { readonly hothash: string; readonly photos: StackedPhotos },
): Promise<Changed> {
  return inTransaction(db, async (tx) => {
    const at = now()
    await mustBeOwn(tx, owner, stackId)
    const { ids } = await named(tx, owner, { photo_hothashes: [hothash] }, photos)
    const before = await stateOf(tx, owner, ids, [stackId])
    await move(tx, ids, { stackId, at }, photos)
    await stacks.updateStack(tx, stackId, { updated_at: at })
    return changed(tx, owner, { stackId, before, at, message: 'The photo is in the stack.' }, photos)
  })
}

/** Takes a photo out; the last one takes the stack with it. Throws `stack_not_found`, `photo_not_found`. */
export function removeFromStack(
  db: Db,
  owner: SignedIn,
  stackId: number,
  { hothash, photos }: { readonly hothash: string; readonly photos: StackedPhotos },
): Promise<Changed> {
  return inTransaction(db, async (tx) => {
    const at = now()
    await mustBeOwn(tx, owner, stackId)
    const member = await stacks.findMember(tx, owner, stackId, hothash)
    if (member === undefined) throw new AppError('photo_not_found', 'There is no such photo in the stack.')
    const before = await stateOf(tx, owner, [member], [stackId])
    await stacks.updateStack(tx, stackId, { updated_at: at })
    await move(tx, [member], { stackId: null, at }, photos)
    return changed(tx, owner, { stackId, before, at, message: 'The photo is out of the stack.' }, photos)
  })
}

/** Undoes a stack; its photos stay. Throws `stack_not_found`. */
export function deleteStack(
  db: Db,
  owner: SignedIn,
  stackId: number,
  photos: StackedPhotos,
): Promise<Changed> {
  return inTransaction(db, async (tx) => {
    const at = now()
    await mustBeOwn(tx, owner, stackId)
    const before = await stateOf(tx, owner, await stacks.idsInStack(tx, owner, stackId), [stackId])
    await stacks.deleteStack(tx, owner, stackId)
    return changed(tx, owner, { stackId, before, at, message: 'The photos are in no stack.' }, photos)
  })
}

async function mustBeOwn(tx: Tx, owner: SignedIn, stackId: number): Promise<void> {
  if (!(await stacks.lockStack(tx, owner, stackId))) throw stackNotFound()
}

interface Done {
  readonly stackId: number
  readonly before: State
  readonly at: string
  readonly message: string
}

/** The stack as it is now, and what undoes the way there. */
async function changed(
  tx: Tx,
  owner: SignedIn,
  { stackId, before, at, message }: Done,
  { history }: StackedPhotos,
): Promise<Changed> {
  const row = await stacks.findStack(tx, owner, stackId)
  const [stack = null] = row ? await shaped(tx, owner, [row], limits.stackPhotos) : []
  const after = await stacks.stackIdsOf(tx, [...before.stackIds.keys()])
  const moved = [...before.stackIds].filter(([id, stack_id]) => after.get(id) !== stack_id)
  const columns = [...Map.groupBy(moved, ([id]) => after.get(id) ?? null)].map(([stack_id, some]) => ({
    given: { stack_id },
    before: some.map(([id, was]) => [id, { stack_id: was }] as const),
  }))
  const undo_token = await history.remember(tx, owner, { ...NO_CHANGES, at, columns, stacks: before.rows })
  return { success: true, message, stack, undo_token }
}

const stackNotFound = () => new AppError('stack_not_found', 'There is no such stack.')
const photoNotFound = () => missingReference('photo_not_found', 'There is no such photo of yours.')
