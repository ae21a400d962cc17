import type { SignedIn } from '../../access/viewer.ts'
import { now } from '../../clock.ts'
import type { Tx } from '../../storage/database/database.ts'
import type { Changes } from '../../history.ts'
import {
  addToAll,
  existingAuthors,
  lockEvenTrashed,
  readColumns,
  removeFromAll,
  setAll,
} from './batch-edit.repository.ts'
import { ensureTags } from './store-eggs.repository.ts'
import { changesTexts, renewTexts } from './texts.repository.ts'

type Values = Readonly<Record<string, unknown>>

interface Conflict {
  readonly photo: string
  readonly what: string
}

/** Columns that say one thing together. */
const together: Readonly<Record<string, string>> = {
  title_key: 'title',
  taken_at_offset: 'taken_at',
  is_time_edited: 'taken_at',
  gps_latitude: 'position',
  gps_longitude: 'position',
  gps_altitude: 'position',
  is_place_edited: 'position',
}

/** Puts back what photos had before an edit, as far as nobody has changed it since. */
export async function putBack(
  tx: Tx,
  owner: SignedIn,
  changes: Changes,
  at: string,
): Promise<{ restored: number; conflicts: readonly Conflict[] }> {
  const ids = idsIn(changes)
  const names = new Map(
    (await lockEvenTrashed(tx, owner, ids)).map(({ id, hothash }) => [id, hothash] as const),
  )
  const gone = ids.filter((id) => !names.has(id)).map((id) => ({ photo: String(id), what: 'is gone' }))
  const restored = new Set<number>()
  const conflicts: Conflict[] = [...gone]
  const retold = new Set<number>()
  // The last that was done is the first that is taken back.
  for (const { given, before } of changes.columns.toReversed()) {
    const there = before.filter(([id]) => names.has(id))
    const done = await putBackColumns(tx, owner, { given, before: there }, at)
    for (const id of done.restored) restored.add(id)
    if (changesTexts(given)) for (const id of done.restored) retold.add(id)
    conflicts.push(...done.conflicts.map(({ id, what }) => ({ photo: names.get(id) ?? '', what })))
  }
  for (const id of await putBackTags(tx, owner, changes, names)) {
    restored.add(id)
    retold.add(id)
  }
  await renewTexts(tx, [...retold])
  return { restored: restored.size, conflicts }
}

function idsIn({ columns, tagged, untagged }: Changes): number[] {
  const ids = [
    ...columns.flatMap(({ before }) => before.map(([id]) => id)),
    ...[...tagged, ...untagged].flatMap(([, some]) => some),
  ]
  return [...new Set(ids)]
}

async function putBackColumns(
  tx: Tx,
  owner: SignedIn,
  { given, before }: Changes['columns'][number],
  at: string,
): Promise<{ restored: number[]; conflicts: { id: number; what: string }[] }> {
  const groups = [...Map.groupBy(Object.keys(given), (column) => together[column] ?? column)]
  const current = await readColumns(
    tx,
    before.map(([id]) => id),
    Object.keys(given),
  )
  const authors = await existingAuthors(
    tx,
    owner,
    before.flatMap(([, { author_id }]) => (typeof author_id === 'number' ? [author_id] : [])),
  )
  const isLost = ({ author_id }: Values) => typeof author_id === 'number' && !authors.has(author_id)
  const conflicts: { id: number; what: string }[] = []
  const wanted = before.flatMap(([id, values]) => {
    const row = current.get(id) ?? {}
    const restore: Record<string, unknown> = {}
    for (const [name, columns] of groups) {
      if (name === 'author_id' && isLost(values)) conflicts.push({ id, what: 'the author is gone' })
      else if (columns.every((column) => row[column] === given[column]))
        Object.assign(restore, pick(values, columns))
      else if (!columns.every((column) => row[column] === values[column]))
        conflicts.push({ id, what: `${name} has been changed since` })
    }
    return Object.keys(restore).length === 0 ? [] : [{ id, restore }]
  })
  // Photos that had the same before are one statement.
  for (const some of Map.groupBy(wanted, ({ restore }) => JSON.stringify(restore)).values())
    await setAll(
      tx,
      some.map(({ id }) => id),
      some[0]?.restore ?? {},
      at,
    )
  return { restored: wanted.map(({ id }) => id), conflicts }
}

function pick(values: Values, columns: readonly string[]): Values {
  return Object.fromEntries(columns.map((column) => [column, values[column]]))
}

/** Answers the ids of the photos whose tags are others now. */
async function putBackTags(
  tx: Tx,
  owner: SignedIn,
  { tagged, untagged }: Changes,
  there: ReadonlyMap<number, string>,
): Promise<number[]> {
  const present = (ids: readonly number[]) => ids.filter((id) => there.has(id))
  const changed: number[] = []
  const ids = await ensureTags(
    tx,
    owner,
    untagged.map(([name]) => name),
    now(),
  )
  for (const [name, some] of untagged)
    changed.push(...(await addToAll(tx, present(some), ids.get(name) ?? 0)))
  // An edit that gave a tag and took it gave it first.
  for (const [name, some] of tagged) {
    const removed = await removeFromAll(tx, owner, present(some), [name])
    changed.push(...removed.map(({ photo_id }) => photo_id))
  }
  return changed
}
