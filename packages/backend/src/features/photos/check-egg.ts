import { createHash } from 'node:crypto'
import {
  type EggMetadata,
  type ImageFile,
  type NewPhoto,
  limits,
  normalizeTag,
  parseWallClock,
} from '@imalink/contract'
import { AppError } from '../../app-error.ts'
import { type CheckedColdpreview, checkColdpreview, checkHotpreview } from '../../jpeg/check-previews.ts'

/** An egg whose every claim that can be checked holds. */
export interface CheckedEgg {
  readonly request: NewPhoto
  readonly hotpreview: Buffer
  readonly coldpreview: CheckedColdpreview | null
  readonly taken_at: string | null
  readonly taken_at_offset: string | null
  readonly files: readonly CheckedFile[]
  readonly tags: readonly string[]
  /** Who took the picture, by name, where no author is given by id. */
  readonly creator: string | null
}

export type CheckedFile = ImageFile & { readonly filename: string }

const KNOWN_MAJORS = ['1', '2']

/**
 * Verifies an egg before anything is stored. Throws `hothash_mismatch`, `invalid_hotpreview`, `invalid_coldpreview`,
 * `preview_has_metadata`, `invalid_image`, `egg_version_unsupported`, `conflicting_files` and the `..._too_large` codes.
 */
export function checkEgg(request: NewPhoto): CheckedEgg {
  if (request.is_valid_image === false)
    throw new AppError('invalid_image', 'The egg says that its image is not valid.')
  checkVersion(request.egg_version)
  checkDict(request.exif_dict, 'exif_dict')
  checkDict(request.metadata, 'metadata')
  const hotpreview = readHotpreview(request)
  return {
    request,
    hotpreview,
    coldpreview: readColdpreview(request.coldpreview_base64),
    ...takenOf(request.metadata),
    files: checkFiles(request),
    tags: [...new Set((request.tags ?? []).flatMap((tag) => normalizeTag(tag) ?? []))],
    creator: request.author_id ? null : request.creator?.normalize('NFC').trim() || null,
  }
}

/** When an egg says that its picture was taken; an offset alone says nothing. */
export function takenOf(
  metadata: EggMetadata | null | undefined,
): Pick<CheckedEgg, 'taken_at' | 'taken_at_offset'> {
  const taken = metadata?.taken_at ? parseWallClock(metadata.taken_at) : null
  if (!taken) return { taken_at: null, taken_at_offset: null }
  return { ...taken, taken_at_offset: taken.taken_at_offset ?? metadata?.taken_at_offset ?? null }
}

function checkVersion(version: string | null | undefined): void {
  if (version === undefined || version === null || KNOWN_MAJORS.includes(version.split('.', 1)[0] ?? ''))
    return
  throw new AppError(
    'egg_version_unsupported',
    `Eggs of version ${version} are not known here; versions 1 and 2 are.`,
  )
}

function readHotpreview(request: NewPhoto): Buffer {
  const bytes = decodeBase64(request.hotpreview_base64, 'hotpreview_base64')
  checkHotpreview(bytes)
  if (createHash('sha256').update(bytes).digest('hex') === request.hothash) return bytes
  throw new AppError('hothash_mismatch', 'The hothash is not the SHA-256 of the hotpreview.')
}

function readColdpreview(base64: string | null | undefined): CheckedColdpreview | null {
  if (base64 === undefined || base64 === null) return null
  return checkColdpreview(decodeBase64(base64, 'coldpreview_base64'))
}

/** Node skips what is no base64; encoding again shows whether it did. */
function decodeBase64(text: string, field: string): Buffer {
  const bytes = Buffer.from(text, 'base64')
  if (bytes.toString('base64') === text) return bytes
  throw new AppError('validation_failed', `${field}: is not base64.`, {
    errors: [{ path: field, message: 'is not base64' }],
  })
}

/** The dictionaries of a file record. Throws what `checkDict` throws. */
export function checkFileDicts(file: ImageFile): void {
  for (const name of ['exif_dict', 'metadata', 'local_storage_info', 'cloud_storage_info'] as const)
    checkDict(file[name], name)
}

/** Throws `exif_too_large`, or `validation_failed` for one that is nested too deep. */
function checkDict(dict: Record<string, unknown> | null | undefined, name: string): void {
  if (!dict) return
  if (depthOf(dict, limits.exifDictDepth) > limits.exifDictDepth) {
    throw new AppError(
      'validation_failed',
      `${name}: is nested deeper than ${limits.exifDictDepth} levels.`,
      { errors: [{ path: name, message: `is nested deeper than ${limits.exifDictDepth} levels` }] },
    )
  }
  if (Buffer.byteLength(JSON.stringify(dict)) > limits.exifDictBytes) {
    throw new AppError('exif_too_large', `${name} is larger than ${limits.exifDictBytes} bytes as JSON.`)
  }
}

/** Levels of nesting, counted no further than one past `limit`. */
function depthOf(value: unknown, limit: number): number {
  if (typeof value !== 'object' || value === null) return 0
  if (limit === 0) return 1
  return (
    1 +
    Object.values(value).reduce<number>((deepest, inner) => Math.max(deepest, depthOf(inner, limit - 1)), 0)
  )
}

/** The file records of one photo; made from the egg where the request names none. */
function checkFiles(request: NewPhoto): CheckedFile[] {
  if (request.image_file && request.image_files) {
    throw new AppError('conflicting_files', 'Give either image_file or image_files, not both.')
  }
  const single = request.image_file ?? fileFromEgg(request)
  const files = request.image_files ?? (single ? [single] : [])
  for (const file of files) checkFileDicts(file)
  const own = request.image_files ? [] : files.map((file) => file.file_sha256)
  if (request.file_sha256 && own.some((sha256) => sha256 && sha256 !== request.file_sha256)) {
    throw new AppError('conflicting_files', 'The egg and its image_file name two different file_sha256.', {
      status: 422,
    })
  }
  return files.map((file) => withEggFacts(file, request, files.length === 1))
}

function fileFromEgg(request: NewPhoto): ImageFile | null {
  const { primary_filename: filename, file_size_bytes, file_sha256, image_format } = request
  if (!filename && !file_sha256) return null
  return { filename: filename ?? '', file_size: file_size_bytes, file_sha256, file_format: image_format }
}

/** What the egg knows of its one original completes that file's record. */
function withEggFacts(file: ImageFile, request: NewPhoto, isOnly: boolean): CheckedFile {
  if (!isOnly) return file
  return {
    ...file,
    file_sha256: file.file_sha256 ?? request.file_sha256,
    file_size: file.file_size ?? request.file_size_bytes,
    file_format: file.file_format ?? request.image_format,
    width: file.width ?? request.width,
    height: file.height ?? request.height,
  }
}
