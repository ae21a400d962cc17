import type { Photo } from '@imalink/contract'

/** Photos by hothash, without what differs from run to run: ids, the owner, when. */
export function endState(photos: readonly Photo[]): unknown {
  const entries = photos.map(({ id, owner, import_session_id, created_at, updated_at, ...photo }) => {
    const tags = photo.tags.map(({ name }) => name).sort()
    const files = (photo.files ?? []).map(({ id: fileId, created_at: since, ...file }) => file)
    return [photo.hothash, { ...photo, tags, files }] as const
  })
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)))
}
