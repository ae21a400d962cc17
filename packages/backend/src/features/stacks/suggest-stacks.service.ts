import type { AnswerOf, BodyOf, stacksEndpoints } from '@imalink/contract'
import { z } from 'zod'
import { selectPhotos } from '../../access/selection.ts'
import type { PhotoKey } from '../../access/sources.ts'
import type { SignedIn } from '../../access/viewer.ts'
import { cutPage, readPage } from '../../paging.ts'
import type { Db } from '../../storage/database/database.ts'
import { PANORAMA_GAP_MS, type Shot, findStacks } from './find-stacks.ts'
import { type ShotRow, exifOf, listShots } from './stacks.repository.ts'

type Endpoint = (typeof stacksEndpoints)['suggestStacks']

const PHOTOS_AT_ONCE = 2000
const LIST = 'photo-stacks:suggestions'
const shotKey = z.object({ key: z.string(), id: z.int() })

/** What seems to belong together among the owner's photos without a stack, newest first; nothing is stacked. */
export async function suggestStacks(
  db: Db,
  owner: SignedIn,
  { filter = {}, cursor }: BodyOf<Endpoint>,
): Promise<AnswerOf<Endpoint>> {
  const page = readPage<PhotoKey>({ limit: PHOTOS_AT_ONCE, cursor }, LIST, shotKey)
  const selection = await selectPhotos(db, owner, { ...filter, scope: 'mine' })
  const rows = await listShots(db, selection, page)
  const whole = rows.length > page.limit ? untilAPause(rows) : rows
  const { nextCursor } = cutPage(rows, { limit: whole.length }, LIST, ({ key, id }) => ({ key, id }))
  return {
    data: findStacks(await shotsOf(db, owner, whole.toReversed())).reverse(),
    meta: { photos_looked_at: whole.length, next_cursor: nextCursor },
  }
}

/** Without those at the end whose company may be on the next page; all but the last where nobody ever paused. */
function untilAPause<Row extends ShotRow>(rows: readonly Row[]): readonly Row[] {
  for (let end = rows.length - 1; end > 0; end--) {
    const [later, earlier] = [rows[end - 1], rows[end]]
    if (later && earlier && msOf(later) - msOf(earlier) >= PANORAMA_GAP_MS) return rows.slice(0, end)
  }
  return rows.slice(0, -1)
}

const msOf = ({ sort_time }: ShotRow) => Date.parse(`${sort_time}Z`)

async function shotsOf(db: Db, owner: SignedIn, rows: readonly ShotRow[]): Promise<Shot[]> {
  const exif = await exifOf(db, owner, idsInHaste(rows))
  return rows.map((row) => ({
    ...row,
    takenMs: msOf(row),
    camera: row.camera_model ?? row.camera_make,
    exposureSeconds: secondsOf(row.exposure_time),
    bias: biasIn(exif.get(row.id)),
  }))
}

const HASTE_MS = 5000

/** Only of photos with another one close by does the exposure compensation matter. */
function idsInHaste(rows: readonly ShotRow[]): number[] {
  return rows
    .filter((row, index) =>
      [rows[index - 1], rows[index + 1]].some(
        (other) => other && Math.abs(msOf(other) - msOf(row)) < HASTE_MS,
      ),
    )
    .map(({ id }) => id)
}

/** Of "1/250" or "2.5". */
function secondsOf(exposure: string | null): number | null {
  const [, numerator, denominator = '1'] =
    /^(\d+(?:\.\d+)?)(?:\/(\d+(?:\.\d+)?))?$/.exec(exposure ?? '') ?? []
  const seconds = Number(numerator) / Number(denominator)
  return Number.isFinite(seconds) ? seconds : null
}

/** EXIF 2.32, 4.6.5: ExposureBiasValue, in EV. */
function biasIn(exifDict: string | undefined): number | null {
  if (exifDict === undefined) return null
  const { ExposureBiasValue: bias } = JSON.parse(exifDict) as Record<string, unknown> // The column holds objects only.
  return typeof bias === 'number' ? bias : null
}
