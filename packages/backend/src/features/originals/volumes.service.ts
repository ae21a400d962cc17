import type { BodyOf, ListMeta, QueryOf, StorageVolume, originalsEndpoints } from '@imalink/contract'
import { z } from 'zod'
import type { SignedIn } from '../../access/viewer.ts'
import { AppError } from '../../app-error.ts'
import { now } from '../../clock.ts'
import { cutPage, pageMeta, readPage } from '../../paging.ts'
import type { Db } from '../../storage/database/database.ts'
import * as volumes from './volumes.repository.ts'

type Endpoints = typeof originalsEndpoints

const LIST = 'originals:volumes'

/** The owner's volumes in the order they came. */
export async function pageOfVolumes(
  db: Db,
  owner: SignedIn,
  query: QueryOf<Endpoints['listVolumes']>,
): Promise<{ data: StorageVolume[]; meta: ListMeta }> {
  const page = readPage(query, LIST, z.int())
  const rows = await volumes.listVolumes(db, owner, page)
  const { shown, nextCursor } = cutPage(rows, page, LIST, ({ id }) => id)
  const total = page.after === null ? await volumes.countVolumes(db, owner) : null
  return { data: shown.map(toVolume), meta: pageMeta(page, total, nextCursor) }
}

/** Describes a volume that file records name by its serial, or else by its label. Throws `volume_taken`. */
export async function createVolume(
  db: Db,
  owner: SignedIn,
  { label = null, kind = null, serial = null }: BodyOf<Endpoints['createVolume']>,
): Promise<StorageVolume> {
  const at = now()
  const volume = serial ?? label
  if (volume === null) throw new Error('the contract lets no volume through that has no name')
  const described = { label, kind, serial, created_at: at, updated_at: at }
  const row = await volumes.insertVolume(db, { user_id: owner.userId, volume, ...described })
  if (!row) throw new AppError('volume_taken', 'A volume of that name is there already; change that one.')
  return toVolume(row)
}

/** Changes what is said of a volume, not how file records name it. Throws `volume_not_found`. */
export async function changeVolume(
  db: Db,
  owner: SignedIn,
  volumeId: number,
  said: BodyOf<Endpoints['updateVolume']>,
): Promise<StorageVolume> {
  const given = Object.fromEntries(Object.entries(said).filter(([, value]) => value !== undefined))
  const row = await volumes.updateVolume(db, owner, volumeId, { ...given, updated_at: now() })
  if (!row) throw new AppError('volume_not_found', 'There is no such volume of yours.')
  return toVolume(row)
}

function toVolume({ user_id: _owner, ...volume }: volumes.VolumeRow): StorageVolume {
  return volume
}
