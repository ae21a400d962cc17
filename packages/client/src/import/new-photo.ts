import { type ImageFile, type NewPhotoInput, type PhotoEgg, limits } from '@imalink/contract'
import type { ImportOptions, SourceFile } from '../import.ts'
import type { Original } from './original.ts'
import { wireFilename, wirePath, wirePrimaryFilename } from './wire-text.ts'

type Wishes = Pick<ImportOptions, 'sessionId' | 'tags' | 'creator' | 'visibility'>

/** A file of a photo: where it is and, where it did not give the photo its metadata, what it says itself. */
export interface FileOfPhoto {
  readonly original: Original
  /** What core made of it; null where it could not. */
  readonly egg: PhotoEgg | null
}

/** The request that keeps a photo: the egg, where its original and the others of it are, and what the import says. */
export function newPhoto(
  { original, egg }: FileOfPhoto & { readonly egg: PhotoEgg },
  others: readonly FileOfPhoto[],
  wishes: Wishes,
): NewPhotoInput {
  const { fitted: _fitted, ...kept } = egg
  const { width, height, image_format } = egg
  const first = { ...placeOf(original, egg), file_format: image_format, width, height }
  return {
    ...kept,
    primary_filename: wirePrimaryFilename(original.file.filename),
    ...wished(egg, wishes),
    ...(others.length === 0 ? { image_file: first } : { image_files: [first, ...others.map(fileRecord)] }),
  }
}

function wished(
  egg: PhotoEgg,
  { sessionId, tags = [], creator, visibility }: Wishes,
): Partial<NewPhotoInput> {
  const allTags = tagsOf(egg, tags).slice(0, limits.tagsPerPhoto)
  return {
    ...(allTags.length === 0 ? {} : { tags: allTags }),
    ...(creator === undefined ? {} : { creator }),
    ...(visibility === undefined ? {} : { visibility }),
    ...(sessionId === null ? {} : { import_session_id: sessionId }),
  }
}

const tagsOf = (egg: PhotoEgg, tags: readonly string[]) => [...new Set([...tags, ...(egg.tags ?? [])])]

/** A sentence on the words of the photographer that those of the import leave no room for; empty where there is room. */
export function tagsLeftOut(egg: PhotoEgg, { tags = [] }: Pick<Wishes, 'tags'>): string {
  const leftOut = tagsOf(egg, tags).slice(limits.tagsPerPhoto)
  const named = leftOut.slice(0, 5).join(', ')
  return leftOut.length === 0
    ? ''
    : `A photo has at most ${limits.tagsPerPhoto} tags; left out: ${named}${leftOut.length > 5 ? ', …' : ''}.`
}

/** The record of a further file, with what it says for itself. */
export function fileRecord({ original, egg }: FileOfPhoto): ImageFile {
  if (egg === null) return { ...placeOf(original, egg), file_format: formatByName(original.file) }
  const { metadata, exif_dict, width, height, image_format } = egg
  return { ...placeOf(original, egg), file_format: image_format, metadata, exif_dict, width, height }
}

/** Where a file is, without a word on what is in it. */
export function placeOf(original: Original, egg: PhotoEgg | null = null): ImageFile {
  const { file } = original
  const sha256 = sha256Of({ original, egg })
  return {
    filename: wireFilename(file.filename),
    file_path: wirePath(file.path),
    volume: file.volume,
    file_size: file.size,
    modified_at: file.modifiedAt,
    ...(sha256 === '' ? {} : { file_sha256: sha256 }),
  }
}

/** Of the file's bytes, by us or, where the browser offers no hashing, by core; empty where neither could. */
export function sha256Of({ original, egg }: FileOfPhoto): string {
  return original.sha256 ?? egg?.file_sha256 ?? ''
}

function formatByName({ filename }: SourceFile): string {
  return filename.slice(filename.lastIndexOf('.') + 1).toUpperCase()
}
