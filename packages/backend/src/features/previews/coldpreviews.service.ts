import type { SignedIn } from '../../access/viewer.ts'
import { AppError } from '../../app-error.ts'
import { now } from '../../clock.ts'
import { checkColdpreview } from '../../jpeg/check-previews.ts'
import type { Db } from '../../storage/database/database.ts'
import type { PreviewStore } from '../../storage/previews/preview-store.ts'
import { findOwnColdpreview, setColdpreview, wantedColdpreviews } from './previews.repository.ts'

export interface ColdpreviewDeps {
  readonly db: Db
  readonly previews: PreviewStore
  readonly resized: { drop(sha256: string): Promise<void> }
  /** Why a photo is not the caller's to change: `not_yours` or `photo_not_found`. */
  whyNotOwn(db: Db, owner: SignedIn, ref: string): Promise<AppError>
}

/**
 * Keeps a coldpreview instead of the one that may be there. The photo is looked up before `receive` reads the upload.
 * Throws `photo_not_found`, `not_yours`, what `checkColdpreview` throws, and `storage_unavailable`.
 */
export async function putColdpreview(
  deps: ColdpreviewDeps,
  owner: SignedIn,
  ref: string,
  receive: () => Promise<Buffer>,
) {
  const photo = await findOwn(deps, owner, ref)
  const { bytes, sha256, width, height } = checkColdpreview(await receive())
  // Bytes first, row second: a crash between them leaves a file that nobody wants, never a row without its picture.
  await deps.previews.put(sha256, bytes)
  await change(deps, owner, photo, sha256)
  return {
    hothash: photo.hothash,
    coldpreview_url: `/api/v1/photos/${photo.hothash}/coldpreview?v=${sha256.slice(0, 16)}`,
    sha256,
    width,
    height,
    size_bytes: bytes.length,
  }
}

/** Throws `photo_not_found`, `not_yours`, and `preview_not_found` where there is none to take away. */
export async function deleteColdpreview(deps: ColdpreviewDeps, owner: SignedIn, ref: string): Promise<void> {
  const photo = await findOwn(deps, owner, ref)
  if (photo.coldpreview_sha256 === null) throw previewNotFound()
  await change(deps, owner, photo, null)
}

export function previewNotFound(): AppError {
  return new AppError('preview_not_found', 'The photo has no coldpreview.')
}

type OwnPhoto = NonNullable<Awaited<ReturnType<typeof findOwnColdpreview>>>

async function findOwn({ db, whyNotOwn }: ColdpreviewDeps, owner: SignedIn, ref: string): Promise<OwnPhoto> {
  const photo = await findOwnColdpreview(db, owner, ref)
  if (!photo) throw await whyNotOwn(db, owner, ref)
  return photo
}

async function change(
  { db, resized, whyNotOwn }: ColdpreviewDeps,
  owner: SignedIn,
  { id, coldpreview_sha256: former }: OwnPhoto,
  sha256: string | null,
): Promise<void> {
  const isChanged = await setColdpreview(db, owner, id, { coldpreview_sha256: sha256, updated_at: now() })
  if (!isChanged) throw await whyNotOwn(db, owner, String(id))
  if (former === null || former === sha256) return
  const stillWanted = await wantedColdpreviews(db, [former])
  if (!stillWanted.has(former)) await resized.drop(former)
}
