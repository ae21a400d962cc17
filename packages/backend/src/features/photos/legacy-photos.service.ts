import { createHash } from 'node:crypto'
import { type AnswerOf, type LegacyPhoto, type legacyPhotosEndpoints, newPhoto } from '@imalink/contract'
import type { SignedIn } from '../../access/viewer.ts'
import { AppError, invalidInput } from '../../app-error.ts'
import { jpegSegments, jpegSize } from '../../jpeg/jpeg-segments.ts'
import { type CreateDeps, createPhoto } from './create-photos.service.ts'
import { listFiles } from './files.repository.ts'
import { knownByHothash } from './known.repository.ts'

type Created = AnswerOf<(typeof legacyPhotosEndpoints)['createLegacyPhoto']>

/** Keeps a photo that is described as before there were eggs. Throws `photo_exists`, and what `createPhoto` throws. */
export async function createLegacyPhoto(
  deps: CreateDeps,
  owner: SignedIn,
  described: LegacyPhoto,
): Promise<Created> {
  const egg = asEgg(described)
  if ((await knownByHothash(deps.db, owner, [egg.hothash])).length > 0) throw photoExists()
  const { id, hothash, is_duplicate } = await createPhoto(deps, owner, egg)
  // Somebody was faster: it is there all the same.
  if (is_duplicate) throw photoExists()
  const [file] = await listFiles(deps.db, owner, id, { limit: 1, offset: 0, after: null })
  if (!file) throw new Error('a photo that was made has a file record')
  return {
    image_file_id: file.id,
    photo_id: id,
    photo_hothash: hothash,
    photo_created: true,
    success: true,
    message: 'The photo was created.',
    filename: file.filename,
    file_size: file.file_size,
  }
}

const photoExists = () => new AppError('photo_exists', 'You have a photo with this hotpreview already.')

function asEgg({ filename, hotpreview, ...described }: LegacyPhoto) {
  const base64 = hotpreview.replace(/^data:[^,]*,/, '')
  const bytes = Buffer.from(base64, 'base64')
  const { taken_at, gps_latitude, gps_longitude, imported_info } = described
  const { file_size, local_storage_info, cloud_storage_info } = described
  const egg = newPhoto.safeParse({
    hothash: createHash('sha256').update(bytes).digest('hex'),
    hotpreview_base64: base64,
    ...sizeOf(described, bytes),
    metadata: { taken_at, gps_latitude, gps_longitude },
    exif_dict: described.exif_dict,
    rating: described.rating ?? undefined,
    visibility: described.visibility ?? undefined,
    author_id: described.author_id,
    import_session_id: described.import_session_id,
    primary_filename: filename,
    image_file: { filename, file_size, local_storage_info, cloud_storage_info, metadata: imported_info },
  })
  if (!egg.success) throw invalidInput(egg.error, 'body')
  return egg.data
}

/** Clients that did not say how large the picture is had at least its shape in the preview. */
function sizeOf({ width, height }: Pick<LegacyPhoto, 'width' | 'height'>, hotpreview: Buffer) {
  if (width && height) return { width, height }
  const segments = jpegSegments(hotpreview)
  const size = segments && jpegSize(segments)
  if (!size)
    throw new AppError('invalid_hotpreview', 'The hotpreview is not a JPEG of at most 150 x 150 pixels.')
  return size
}
