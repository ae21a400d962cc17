import { limits, previewsEndpoints as e } from '@imalink/contract'
import type { FastifyRequest } from 'fastify'
import type { Viewer } from '../../access/viewer.ts'
import { isOwner } from '../../access/visibility.ts'
import { AppError } from '../../app-error.ts'
import type { FeatureDeps } from '../../feature-deps.ts'
import { noContent, notModified, ok } from '../../http/answers.ts'
import type { Handler } from '../../http/route.ts'
import { receiveFile } from '../../http/receive-file.ts'
import { coldpreviewTooLarge } from '../../jpeg/check-previews.ts'
import {
  type ColdpreviewDeps,
  deleteColdpreview,
  previewNotFound,
  putColdpreview,
} from './coldpreviews.service.ts'
import { Hotpreviews } from './hotpreviews.service.ts'
import { nameOf, stepUp } from './preview-size.ts'
import { findColdpreview } from './previews.repository.ts'
import { type ResizedPreviews, readStored } from './resized-previews.service.ts'

const FOR_GOOD = 'private, max-age=31536000, immutable'
/** What is made private again must not live on in other people's caches. */
const FOR_OTHERS = 'private, max-age=600'

const HOTHASH_LENGTH = 64

interface PreviewsDeps extends Pick<ColdpreviewDeps, 'whyNotOwn'> {
  readonly resized: ResizedPreviews
  /** Throws `credentials_invalid` where a claimed session has ended. */
  confirmClaim(viewer: Viewer): Promise<void>
}

export function previewsRoutes({ db, previews, serve }: FeatureDeps, others: PreviewsDeps): void {
  const { resized } = others
  const deps: ColdpreviewDeps = { db, previews, ...others }
  const hotpreviews = new Hotpreviews(db)

  const getHotpreview: Handler<typeof e.getHotpreview> = async ({ viewer, params, raw }) => {
    const hasBytes = params.ref.length === HOTHASH_LENGTH && hasAlready(raw, `"${params.ref}"`)
    const found = await hotpreviews.find(viewer, params.ref, { hasBytes })
    if (!found) {
      await others.confirmClaim(viewer)
      throw photoNotFound()
    }
    const headers = cacheHeaders(found, `"${found.hothash}"`, FOR_GOOD)
    const { jpeg } = found
    return jpeg === null || hasAlready(raw, headers.etag) ? notModified(headers) : ok(jpeg, headers)
  }
  // A page of the timeline asks for hundreds: who asks and what they get is one query.
  serve(e.getHotpreview, getHotpreview, { proof: 'claim' })

  serve(e.getColdpreview, async ({ viewer, params, query, raw }) => {
    const found = await findColdpreview(db, viewer, params.ref)
    if (!found) throw photoNotFound()
    const { coldpreview_sha256: sha256 } = found
    if (sha256 === null) throw previewNotFound()
    const box = stepUp(query)
    const etag = box ? `"${sha256}-${nameOf(box)}"` : `"${sha256}"`
    const isNamed = query.v === sha256.slice(0, 16)
    const isOwn = isOwner(viewer, found)
    const headers = cacheHeaders({ isOwn }, etag, isNamed ? FOR_GOOD : 'private, no-cache')
    if (hasAlready(raw, etag)) return notModified(headers)
    return ok(await (box ? resized.get(sha256, box) : readStored(previews, sha256)), headers)
  })

  serve(e.putColdpreview, async ({ viewer, params, raw }) => {
    const receive = () =>
      receiveFile(raw, {
        maxBytes: limits.coldpreviewBytes,
        maxBodyBytes: e.putColdpreview.maxBodyBytes,
        tooLarge: coldpreviewTooLarge,
      })
    return ok(await putColdpreview(deps, viewer, params.ref, receive))
  })

  serve(e.deleteColdpreview, async ({ viewer, params }) => {
    await deleteColdpreview(deps, viewer, params.ref)
    return noContent()
  })
}

function photoNotFound(): AppError {
  return new AppError('photo_not_found', 'There is no such photo.')
}

function cacheHeaders({ isOwn }: { readonly isOwn: boolean }, etag: string, owners: string) {
  const isForGood = owners === FOR_GOOD
  return {
    etag,
    'cache-control': isOwn || !isForGood ? owners : FOR_OTHERS,
    vary: 'Authorization, Cookie',
  }
}

/** `If-None-Match` compares weakly and may list several (RFC 9110, 13.1.2). */
function hasAlready(raw: FastifyRequest, etag: string): boolean {
  const given = raw.headers['if-none-match']
  if (given === undefined) return false
  return given.split(',').some((tag) => ['*', etag].includes(tag.trim().replace(/^W\//, '')))
}
