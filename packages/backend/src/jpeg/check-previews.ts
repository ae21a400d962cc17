import { createHash } from 'node:crypto'
import { limits } from '@imalink/contract'
import { AppError } from '../app-error.ts'
import { cleanJpeg, isTurnedByExif } from './clean-jpeg.ts'
import { jpegSegments, jpegSize } from './jpeg-segments.ts'

/** A coldpreview as it is kept: a whole JPEG without metadata. */
export interface CheckedColdpreview {
  readonly bytes: Buffer
  readonly sha256: string
  readonly width: number
  readonly height: number
}

/**
 * Cuts metadata out of a coldpreview without touching its pixels. Throws `coldpreview_too_large`, `invalid_coldpreview`,
 * and `preview_has_metadata` where cutting it would turn the picture.
 */
export function checkColdpreview(bytes: Buffer): CheckedColdpreview {
  if (bytes.length > limits.coldpreviewBytes) throw coldpreviewTooLarge()
  const segments = jpegSegments(bytes)
  const size = segments && jpegSize(segments)
  if (!segments || !size) throw new AppError('invalid_coldpreview', 'The coldpreview is not a whole JPEG.')
  if (isTurnedByExif(segments)) {
    throw new AppError(
      'preview_has_metadata',
      'The coldpreview is upright only by its EXIF orientation, which is not kept; turn its pixels.',
    )
  }
  const clean = cleanJpeg(segments)
  return { bytes: clean, sha256: createHash('sha256').update(clean).digest('hex'), ...size }
}

export function coldpreviewTooLarge(): AppError {
  return new AppError('coldpreview_too_large', `A coldpreview may have ${limits.coldpreviewBytes} bytes.`)
}

/**
 * A hotpreview's bytes are its photo's identity, so nothing can be cut from them. Throws `hotpreview_too_large`,
 * `invalid_hotpreview` and `preview_has_metadata`.
 */
export function checkHotpreview(bytes: Buffer): void {
  if (bytes.length > limits.hotpreviewBytes) {
    throw new AppError(
      'hotpreview_too_large',
      `The hotpreview has ${bytes.length} bytes; ${limits.hotpreviewBytes} are allowed.`,
    )
  }
  const segments = jpegSegments(bytes)
  const size = segments && jpegSize(segments)
  if (!segments || !size || Math.max(size.width, size.height) > limits.hotpreviewSidePx) {
    throw new AppError('invalid_hotpreview', 'The hotpreview is not a JPEG of at most 150 x 150 pixels.')
  }
  if (cleanJpeg(segments).equals(bytes)) return
  throw new AppError(
    'preview_has_metadata',
    'The hotpreview carries metadata (EXIF, XMP, IPTC, a text, a thumbnail or bytes behind its end); make it without.',
  )
}
