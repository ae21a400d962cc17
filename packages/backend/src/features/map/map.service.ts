import type { AnswerOf, QueryOf, mapEndpoints } from '@imalink/contract'
import { selectPhotos } from '../../access/selection.ts'
import type { Viewer } from '../../access/viewer.ts'
import type { Db } from '../../storage/database/database.ts'
import { clusterPhotos } from './map.repository.ts'

type Endpoint = (typeof mapEndpoints)['photoMap']

const MOST = 2000
/** Of a map whose world is 256 px wide at zoom 0: as wide as a thumbnail on it. */
const SQUARES_AT_ZOOM_0 = 4

/** Clusters of the photos whose places the viewer may know. Throws `credentials_required`. */
export async function mapOf(
  db: Db,
  viewer: Viewer,
  { zoom = 0, ...asked }: QueryOf<Endpoint>,
): Promise<AnswerOf<Endpoint>> {
  // Asked for photos with a place, nobody is told of those whose places are hidden.
  const selection = await selectPhotos(db, viewer, { ...asked, has_gps: true })
  const degrees = 360 / (SQUARES_AT_ZOOM_0 * 2 ** zoom)
  const { clusters, photos } = await clusterPhotos(db, selection, { degrees, most: MOST })
  return { data: clusters, meta: { zoom, photos } }
}
