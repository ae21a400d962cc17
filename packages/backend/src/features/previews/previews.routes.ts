import { previewsEndpoints as e } from '@imalink/contract'
import type { FastifyRequest } from 'fastify'
import type { Viewer } from '../../access/viewer.ts'
import { isOwner } from '../../access/visibility.ts'
import { AppError } from '../../app-error.ts'
import type { FeatureDeps } from '../../feature-deps.ts'
import { notModified, ok } from '../../http/answers.ts'
import { findColdpreview, findHotpreview } from './previews.repository.ts'

const FOR_GOOD = 'private, max-age=31536000, immutable'
/** What is made private again must not live on in other people's caches. */
const FOR_OTHERS = 'private, max-age=600'

export function previewsRoutes({ db, previews, serve }: FeatureDeps): void {
  serve(e.getHotpreview, async ({ viewer, params, raw }) => {
    const found = await findHotpreview(db, viewer, params.ref)
    if (!found) throw new AppError('photo_not_found', 'There is no such photo.')
    const headers = cacheHeaders(viewer, found, `"${found.hothash}"`, FOR_GOOD)
    if (hasAlready(raw, headers.etag)) return notModified(headers)
    return ok(found.jpeg, headers)
  })

  serve(e.getColdpreview, async ({ viewer, params, query, raw }) => {
    const found = await findColdpreview(db, viewer, params.ref)
    if (!found) throw new AppError('photo_not_found', 'There is no such photo.')
    if (found.coldpreview_sha256 === null)
      throw new AppError('preview_not_found', 'The photo has no coldpreview.')
    const isNamed = query.v === found.coldpreview_sha256.slice(0, 16)
    const headers = cacheHeaders(
      viewer,
      found,
      `"${found.coldpreview_sha256}"`,
      isNamed ? FOR_GOOD : 'private, no-cache',
    )
    if (hasAlready(raw, headers.etag)) return notModified(headers)
    const bytes = await previews.get(found.coldpreview_sha256)
    if (!bytes)
      throw new Error(`the coldpreview ${found.coldpreview_sha256} is missing from the preview store`)
    return ok(bytes, headers)
  })
}

function cacheHeaders(viewer: Viewer, photo: { user_id: number }, etag: string, owners: string) {
  const isForGood = owners === FOR_GOOD
  return {
    etag,
    'cache-control': isOwner(viewer, photo) || !isForGood ? owners : FOR_OTHERS,
    vary: 'Authorization, Cookie',
  }
}

/** `If-None-Match` compares weakly and may list several (RFC 9110, 13.1.2). */
function hasAlready(raw: FastifyRequest, etag: string): boolean {
  const given = raw.headers['if-none-match']
  if (given === undefined) return false
  return given.split(',').some((tag) => ['*', etag].includes(tag.trim().replace(/^W\//, '')))
}
