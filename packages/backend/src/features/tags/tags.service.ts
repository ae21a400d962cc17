import {
  type AnswerOf,
  type BodyOf,
  type ListMeta,
  type QueryOf,
  type Tag,
  normalizeTag,
  type tagsEndpoints,
} from '@imalink/contract'
import { z } from 'zod'
import type { SignedIn } from '../../access/viewer.ts'
import { AppError } from '../../app-error.ts'
import { cutPage, pageMeta, readPage } from '../../paging.ts'
import { type Db, type Tx, inTransaction, isUniqueViolation } from '../../storage/database/database.ts'
import * as tags from './tags.repository.ts'

type Endpoints = typeof tagsEndpoints

/** What tags need of photos; `app.ts` introduces them. */
export interface TaggedPhotos {
  /** Has photos be found by the names that their tags have now. */
  renewTexts(tx: Tx, photoIds: readonly number[]): Promise<void>
}

const textKey = z.object({ key: z.string(), name: z.string() })
const countKey = z.object({ key: z.number(), name: z.string() })

/** The owner's tags. */
export async function pageOfTags(
  db: Db,
  owner: SignedIn,
  query: QueryOf<Endpoints['listTags']>,
): Promise<{ data: Tag[]; meta: ListMeta }> {
  const order = orderOf(query)
  const list = `tags:${order.by} ${order.direction}`
  const page = readPage<tags.TagKey>(query, list, order.by === 'photo_count' ? countKey : textKey)
  const rows = await tags.listTags(db, owner, { ...page, order })
  const { shown, nextCursor } = cutPage(rows, page, list, (row) => ({ key: row[order.by], name: row.name }))
  const total = page.after === null ? await tags.countTags(db, owner) : null
  return { data: shown, meta: pageMeta(page, total, nextCursor) }
}

function orderOf({ sort_by: by = 'name', sort_order }: QueryOf<Endpoints['listTags']>): tags.TagOrder {
  const direction = sort_order ?? (by === 'name' ? 'asc' : 'desc')
  return { by: by === 'count' ? 'photo_count' : by, direction }
}

const USUAL_COMPLETIONS = 10

/** What a tag may be that somebody begins to write; where they have written nothing, what is used most. */
export async function completeTag(
  db: Db,
  owner: SignedIn,
  { q = '', limit = USUAL_COMPLETIONS }: QueryOf<Endpoints['completeTag']>,
): Promise<{ data: Tag[]; meta: ListMeta }> {
  const data = await tags.completeTag(db, owner, q.normalize('NFC').trimStart().toLowerCase(), limit)
  return { data, meta: pageMeta({ limit, offset: 0, after: null }, null, null) }
}

/**
 * Gives a tag and those below it another name; photos are found by it at once. Throws `tag_not_found`, `tag_exists`, and
 * `validation_failed` for a place below itself and for names that become too long.
 */
export function renameTag(
  db: Db,
  owner: SignedIn,
  tagId: number,
  { said, renewTexts }: TaggedPhotos & { readonly said: BodyOf<Endpoints['renameTag']> },
): Promise<Tag> {
  const rename = async (tx: Tx) => {
    const name = await tags.lockTag(tx, owner, tagId)
    if (name === undefined) throw tagNotFound()
    if (said.new_name.startsWith(`${name}/`)) throw badName('is below the tag itself')
    if (said.new_name !== name) {
      const branch = await tags.branchOf(tx, owner, name)
      const photos = new Set<number>()
      // The shorter names first: a name that another tag of the branch is to have is free by then.
      for (const tag of branch)
        for (const photo of await move(tx, owner, tag, said.new_name + tag.name.slice(name.length), said))
          photos.add(photo)
      await renewTexts(tx, [...photos])
    }
    const renamed = await tags.tagNamed(tx, owner, said.new_name)
    return shaped(renamed === undefined ? undefined : await tags.findTag(tx, owner, renamed))
  }
  return inTransaction(db, rename).catch((cause: unknown) => {
    throw isUniqueViolation(cause) ? tagExists() : cause
  })
}

/** Answers the ids of the photos whose tag has another name now. */
async function move(
  tx: Tx,
  owner: SignedIn,
  { id }: { readonly id: number },
  newName: string,
  { merge = false }: BodyOf<Endpoints['renameTag']>,
): Promise<number[]> {
  if (normalizeTag(newName) !== newName) throw badName(`makes a tag too long: ${newName}`)
  await tags.lockTag(tx, owner, id)
  const photos = await tags.photosWithTag(tx, id)
  const taken = await tags.tagNamed(tx, owner, newName)
  if (taken === undefined) await tags.setTagName(tx, id, newName)
  else if (merge) await tags.mergeTag(tx, id, taken)
  else throw tagExists()
  return photos
}

/** Takes a tag off all photos, which stay. Throws `tag_not_found`. */
export function deleteTag(
  db: Db,
  owner: SignedIn,
  tagId: number,
  { renewTexts }: TaggedPhotos,
): Promise<AnswerOf<Endpoints['deleteTag']>> {
  return inTransaction(db, async (tx) => {
    const name = await tags.lockTag(tx, owner, tagId)
    if (name === undefined) throw tagNotFound()
    const photos = await tags.photosWithTag(tx, tagId)
    await tags.deleteTag(tx, tagId)
    await renewTexts(tx, photos)
    return { deleted_tag: name, photos_affected: photos.length }
  })
}

function shaped(tag: Tag | undefined): Tag {
  if (!tag) throw tagNotFound()
  return tag
}

const tagNotFound = () => new AppError('tag_not_found', 'There is no such tag of yours.')
const tagExists = () =>
  new AppError('tag_exists', 'You have a tag of that name already; say `merge: true` to make one of both.')

function badName(message: string): AppError {
  return new AppError('validation_failed', `new_name: ${message}.`, {
    errors: [{ path: 'body.new_name', message }],
  })
}
