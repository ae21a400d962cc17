import { createHash } from 'node:crypto'
import { type Server, authorization, call, send } from '@imalink/client'
import { type Bucket, type Granularity, type Photo, endpoints } from '@imalink/contract'

/** Every photo of the account, with its files and EXIF, page after page. */
export async function allPhotos(server: Server): Promise<Photo[]> {
  const photos: Photo[] = []
  let cursor: string | null = null
  do {
    const query = {
      include: 'exif,files',
      scope: 'mine',
      limit: '200',
      ...(cursor === null ? {} : { cursor }),
    }
    const page: { data: Photo[]; meta: { next_cursor: string | null } } = await call(
      server,
      endpoints.listPhotos,
      { query },
    )
    photos.push(...page.data)
    cursor = page.meta.next_cursor
  } while (cursor !== null)
  return photos
}

/** The bytes of a preview. Throws `ApiError` where there is none. */
export async function preview(
  server: Server,
  hothash: string,
  kind: 'hotpreview' | 'coldpreview',
): Promise<Buffer> {
  const url = `${server.baseUrl}/photos/${hothash}/${kind}`
  const response = await send(server, url, { headers: authorization(server) })
  return Buffer.from(await response.arrayBuffer())
}

export function sha256(bytes: Uint8Array | string): string {
  return createHash('sha256').update(bytes).digest('hex')
}

/** Counts by period as the timeline answers them, walked from the years down: `2024-06` has so many photos. */
export async function timelineCounts(server: Server): Promise<{
  year: Map<string, number>
  month: Map<string, number>
  day: Map<string, number>
  undated: number
}> {
  const years = await buckets(server, 'year', {})
  const months = await each(years.data, ({ year }) => buckets(server, 'month', { year }))
  const days = await each(months, ({ year, month }) => buckets(server, 'day', { year, month }))
  return {
    year: byPeriod(years.data),
    month: byPeriod(months),
    day: byPeriod(days),
    undated: years.meta.undated,
  }
}

function buckets(
  server: Server,
  granularity: Granularity,
  period: Partial<Record<'year' | 'month', number | undefined>>,
) {
  const { year, month } = period
  const query = {
    granularity,
    scope: 'mine',
    ...(year === undefined ? {} : { year: String(year) }),
    ...(month === undefined ? {} : { month: String(month) }),
  }
  return call(server, endpoints.timeline, { query })
}

async function each(
  parents: readonly Bucket[],
  ask: (parent: Bucket) => Promise<{ data: Bucket[] }>,
): Promise<Bucket[]> {
  const found: Bucket[] = []
  for (const parent of parents) found.push(...(await ask(parent)).data)
  return found
}

function byPeriod(list: readonly Bucket[]): Map<string, number> {
  const key = ({ year, month, day }: Bucket) =>
    [year, month, day]
      .filter((part) => part !== undefined)
      .map((part) => String(part).padStart(2, '0'))
      .join('-')
  return new Map(list.map((bucket) => [key(bucket), bucket.count]))
}

/** The same counts, made from nothing but the times of the photos. */
export function countsOf(takenAt: readonly (string | null)[]) {
  const dated = takenAt.filter((time) => time !== null)
  const counted = (length: number) => {
    const counts = new Map<string, number>()
    for (const time of dated) counts.set(time.slice(0, length), (counts.get(time.slice(0, length)) ?? 0) + 1)
    return counts
  }
  return { year: counted(4), month: counted(7), day: counted(10), undated: takenAt.length - dated.length }
}
