import { type AnswerOf, limits, normalizeTag, type photoEditsEndpoints } from '@imalink/contract'
import type { SignedIn } from '../../access/viewer.ts'
import { AppError } from '../../app-error.ts'
import { now } from '../../clock.ts'
import { type Db, type Tx, inTransaction } from '../../storage/database/database.ts'
import { ownForChange } from './edit-photo.service.ts'
import { tagsOf } from './photos.repository.ts'
import { deletePhotoTag, ensureTags, insertPhotoTags, updatePhoto } from './store-eggs.repository.ts'
import { renewTexts } from './texts.repository.ts'

type Endpoints = typeof photoEditsEndpoints

/** Adds tags to an own photo. Throws `photo_not_found`, `not_yours`, and `validation_failed` where they are too many. */
export function addTags(
  db: Db,
  owner: SignedIn,
  ref: string,
  names: readonly string[],
): Promise<AnswerOf<Endpoints['addPhotoTags']>> {
  const wanted = [...new Set(names.flatMap((name) => normalizeTag(name) ?? []))]
  return inTransaction(db, async (tx) => {
    const { id, hothash } = await ownForChange(tx, owner, ref)
    const had = new Set(await namesOf(tx, id))
    const added = wanted.filter((name) => !had.has(name))
    if (had.size + added.length > limits.tagsPerPhoto) throw tooMany()
    if (added.length > 0) {
      const at = now()
      const ids = await ensureTags(tx, owner, added, at)
      await insertPhotoTags(
        tx,
        [...ids.values()].map((tag_id) => ({ photo_id: id, tag_id })),
      )
      await updatePhoto(tx, id, { updated_at: at })
      await renewTexts(tx, [id])
    }
    const skipped = wanted.filter((name) => had.has(name))
    return { hothash, tags: await namesOf(tx, id), added, skipped }
  })
}

/** Takes a tag off an own photo. Throws `photo_not_found`, `not_yours`, `tag_not_found`. */
export function removeTag(
  db: Db,
  owner: SignedIn,
  ref: string,
  name: string,
): Promise<AnswerOf<Endpoints['removePhotoTag']>> {
  return inTransaction(db, async (tx) => {
    const { id, hothash } = await ownForChange(tx, owner, ref)
    const tag = (await tagsOf(tx, [id])).find((one) => one.name === normalizeTag(name))
    if (!tag) throw new AppError('tag_not_found', 'The photo has no such tag.')
    await deletePhotoTag(tx, id, tag.id)
    await updatePhoto(tx, id, { updated_at: now() })
    await renewTexts(tx, [id])
    return { hothash, removed_tag: tag.name, remaining_tags: await namesOf(tx, id) }
  })
}

async function namesOf(tx: Tx, photoId: number): Promise<string[]> {
  return (await tagsOf(tx, [photoId])).map(({ name }) => name)
}

function tooMany(): AppError {
  const message = `would be more than ${limits.tagsPerPhoto} on the photo`
  return new AppError('validation_failed', `tags: ${message}.`, { errors: [{ path: 'body.tags', message }] })
}
