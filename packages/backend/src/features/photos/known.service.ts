import type { AnswerOf, BodyOf, photosEndpoints } from '@imalink/contract'
import type { SignedIn } from '../../access/viewer.ts'
import type { Db } from '../../storage/database/database.ts'
import { knownByFileSha256, knownByHothash, knownByName } from './known.repository.ts'

const FILES_PER_NAME = 50

type Asked = BodyOf<typeof photosEndpoints.knownPhotos>
type Known = AnswerOf<typeof photosEndpoints.knownPhotos>

/** Which of these are among the owner's own photos, the trash included. */
export async function findKnown(db: Db, owner: SignedIn, asked: Asked): Promise<Known> {
  const byHothash = await knownByHothash(db, owner, [...new Set(asked.hothashes)])
  const byBytes = await knownByFileSha256(db, owner, [...new Set(asked.file_sha256s)])
  const names = await Promise.all((asked.names ?? []).map((name) => photosNamed(db, owner, name)))
  return {
    hothashes: Object.fromEntries(
      byHothash.map((photo) => [photo.hothash, { id: photo.id, in_trash: inTrash(photo) }]),
    ),
    file_sha256s: Object.fromEntries(
      byBytes.map((file) => [
        file.file_sha256,
        { id: file.id, hothash: file.hothash, in_trash: inTrash(file) },
      ]),
    ),
    names,
  }
}

const inTrash = (photo: { deleted_at: string | null }) => photo.deleted_at !== null

async function photosNamed(
  db: Db,
  owner: SignedIn,
  name: NonNullable<Asked['names']>[number],
): Promise<Known['names'][number]> {
  const files = await knownByName(db, owner, { ...name, volume: name.volume }, FILES_PER_NAME)
  return [...Map.groupBy(files, (file) => file.id).values()].flatMap((group) => {
    const [photo] = group
    if (!photo) return []
    const { id, hothash, taken_at, width, height, camera_model } = photo
    const records = group.map(({ filename, file_path, volume, file_sha256, file_format, modified_at }) => ({
      filename,
      file_path,
      volume,
      file_sha256,
      file_format,
      modified_at,
    }))
    return [{ id, hothash, in_trash: inTrash(photo), taken_at, width, height, camera_model, files: records }]
  })
}
