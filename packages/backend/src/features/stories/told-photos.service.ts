import type { Visibility } from '@imalink/contract'
import { type Db, type Tx, inTransaction } from '../../storage/database/database.ts'
import { contentOf, updateStory } from './stories.repository.ts'
import { textsByPicture } from './story-content.ts'
import * as told from './told-photos.repository.ts'

/** What stories need of photos that they tell of; `app.ts` introduces it. */
export interface ToldPhotos {
  /** Has photos be found by what is said of them now. */
  renewTexts(tx: Tx, photoIds: readonly number[]): Promise<void>
}

/** Whether everybody may read a story, so that whoever sees a photo of its owner's in it may find it by the story. */
export function isOpen({
  is_published,
  visibility,
}: {
  readonly is_published: number
  readonly visibility: Visibility
}): boolean {
  return is_published === 1 && visibility === 'public'
}

/** Has its owner's photos be found by what a story says of them, where that, or who may read it, has changed. */
export async function tellStory(
  tx: Tx,
  id: number,
  { renewTexts }: ToldPhotos,
  wasOpen = false,
): Promise<void> {
  const row = await told.lockAnybodys(tx, id)
  if (!row) return
  const cover = row.cover_hash === null ? null : { hash: row.cover_hash, alt: row.cover_alt }
  const said = textsByPicture({ ...row, cover, content: contentOf(row) })
  const before = await told.toldOf(tx, id)
  const gone = [...before.keys()].filter((hothash) => !said.has(hothash))
  const now = [...said].map(([hothash, texts]) => [hothash, JSON.stringify(texts)] as const)
  const changes = new Map<string, string | null>([
    ...gone.map((hothash) => [hothash, null] as const),
    ...now.filter(([hothash, texts]) => before.get(hothash) !== texts),
  ])
  await told.tell(tx, row, changes)
  await updateStory(tx, id, { is_told: 1 })
  const affected = isOpen(row) === wasOpen ? changes.keys() : [...said.keys(), ...gone]
  await renewTexts(tx, await told.idsOf(tx, row.user_id, [...affected]))
}

/** Has photos no longer be found by a story that goes. */
export async function forgetStory(tx: Tx, id: number, { renewTexts }: ToldPhotos): Promise<void> {
  const row = await told.lockAnybodys(tx, id)
  if (!row) return
  const before = await told.toldOf(tx, id)
  await told.tell(tx, row, new Map([...before.keys()].map((hothash) => [hothash, null])))
  await renewTexts(tx, await told.idsOf(tx, row.user_id, [...before.keys()]))
}

/** The same for stories that were written before it was noted what they say. Several processes may begin with it at once. */
export async function tellOlderStories(db: Db, photos: ToldPhotos): Promise<void> {
  for (;;) {
    const story = await told.findUntold(db)
    if (!story) return
    await inTransaction(db, (tx) => tellStory(tx, story.id, photos))
  }
}
