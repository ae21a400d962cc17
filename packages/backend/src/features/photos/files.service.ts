import { isRawFormat } from '@imalink/client'
import type { FileRecord, ImageFile, ListMeta, QueryOf, photosEndpoints } from '@imalink/contract'
import { z } from 'zod'
import type { SignedIn } from '../../access/viewer.ts'
import { now } from '../../clock.ts'
import { cutPage, pageMeta, readPage } from '../../paging.ts'
import { type Db, type Tx, inTransaction } from '../../storage/database/database.ts'
import type { CreateDeps } from './create-photos.service.ts'
import { checkFileDicts } from './check-egg.ts'
import { fileRow } from './egg-rows.ts'
import * as files from './files.repository.ts'
import { type PhotoRow, toFileRecord } from './photo-shape.ts'
import { findInTrash, findOwn } from './photos.repository.ts'
import { updatePhoto } from './store-eggs.repository.ts'
import { renewTexts } from './texts.repository.ts'
import { volumesOf } from './store-eggs.service.ts'
import { whyNotOwn } from './trash.service.ts'

/** Also in the trash: where an original is stays true of a photo that its owner has thrown away. */
async function ownPhotoAnywhere(db: Db, owner: SignedIn, ref: string): Promise<PhotoRow> {
  return (await findInTrash(db, owner, ref)) ?? ownPhoto(db, owner, ref)
}

async function ownPhoto(db: Db, owner: SignedIn, ref: string): Promise<PhotoRow> {
  const photo = await findOwn(db, owner, ref)
  if (!photo) throw await whyNotOwn(db, owner, ref)
  return photo
}

/**
 * Adds a file record to an own photo, in the trash or out of it, whose hothash and previews stay as they are. A record
 * of the same bytes at the same place takes over when the file was last changed. Throws `photo_not_found`, `not_yours`, `exif_too_large`.
 */
export async function addFile(
  { db, registers, mayCommit }: Pick<CreateDeps, 'db' | 'registers' | 'mayCommit'>,
  owner: SignedIn,
  ref: string,
  file: ImageFile,
): Promise<{ record: FileRecord; isNew: boolean }> {
  checkFileDicts(file)
  const photo = await ownPhotoAnywhere(db, owner, ref)
  const row = fileRow(owner, photo.id, file, now())
  return inTransaction(db, async (tx) => {
    const inserted = await files.insertFile(tx, await withKnownFormat(tx, owner, row))
    if (!inserted) {
      await files.refreshFile(tx, owner, row)
      return { record: toFileRecord(await files.findSameFile(tx, owner, row)), isNew: false }
    }
    await registers.ensureVolumes(tx, owner, volumesOf([inserted]), inserted.created_at)
    if (photo.has_raw === 0 && isRawFormat(file.file_format ?? '')) {
      await updatePhoto(tx, photo.id, { has_raw: 1, updated_at: now() })
    }
    await renewTexts(tx, [photo.id])
    await mayCommit?.(tx)
    return { record: toFileRecord(inserted), isNew: true }
  })
}

/** Who finds a copy of what is known decodes nothing, and so can't say what it is; the first record can. */
async function withKnownFormat(tx: Tx, owner: SignedIn, row: NewFileRow): Promise<NewFileRow> {
  if (row.file_format !== null || row.file_sha256 === '') return row
  return { ...row, ...(await files.findSameBytes(tx, owner, row)) }
}

type NewFileRow = ReturnType<typeof fileRow>

const LIST = 'photos:files'

/** Where the originals of an own photo are, in the order they came. Throws `photo_not_found`, `not_yours`. */
export async function pageOfFiles(
  db: Db,
  owner: SignedIn,
  ref: string,
  query: QueryOf<typeof photosEndpoints.listPhotoFiles>,
): Promise<{ data: FileRecord[]; meta: ListMeta }> {
  const page = readPage(query, LIST, z.int())
  const photo = await ownPhoto(db, owner, ref)
  const rows = await files.listFiles(db, owner, photo.id, page)
  const { shown, nextCursor } = cutPage(rows, page, LIST, ({ id }) => id)
  const total = page.after === null ? await files.countFiles(db, owner, photo.id) : null
  return {
    data: shown.map(toFileRecord),
    meta: pageMeta(page, total, nextCursor),
  }
}
