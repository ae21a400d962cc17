import {
  type ListMeta,
  type OriginalsOfPhoto,
  type QueryOf,
  limits,
  type originalsEndpoints,
} from '@imalink/contract'
import { z } from 'zod'
import type { SignedIn } from '../../access/viewer.ts'
import { cutPage, pageMeta, readPage } from '../../paging.ts'
import type { Db } from '../../storage/database/database.ts'
import * as originals from './originals.repository.ts'

/** Where the originals of the owner's photos are, in the order the photos came; those with so many copies. */
export async function pageOfOriginals(
  db: Db,
  owner: SignedIn,
  query: QueryOf<typeof originalsEndpoints.listOriginals>,
): Promise<{ data: OriginalsOfPhoto[]; meta: ListMeta }> {
  const list = `originals:${query.copies ?? 'any'}`
  const page = readPage(query, list, z.int())
  const rows = await originals.listOriginals(db, owner, query.copies, page)
  const { shown, nextCursor } = cutPage(rows, page, list, ({ id }) => id)
  const total = page.after === null ? await originals.countOriginals(db, owner, query.copies) : null
  const ids = shown.map(({ id }) => id)
  const places = await originals.placesOf(db, owner, ids, limits.placesListed)
  const files = Map.groupBy(places, (file) => file.photo_id)
  const data = shown.map((photo) => ({ ...photo, files: (files.get(photo.id) ?? []).map(withoutPhoto) }))
  return { data, meta: pageMeta(page, total, nextCursor) }
}

function withoutPhoto<T extends { readonly photo_id: number }>({ photo_id: _photo, ...file }: T) {
  return file
}
