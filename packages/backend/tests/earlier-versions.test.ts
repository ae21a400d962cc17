import { type KyselyPlugin, type QueryResult, type UnknownRow, sql } from 'kysely'
import { describe, expect, test } from 'vitest'
import type { Storage } from '../src/storage/database/database.ts'
import { isMigrated, migrate } from '../src/storage/database/migrate.ts'
import { migrations } from '../src/storage/database/migrations/index.ts'
import { strayStackCounts } from './stack-counts.ts'
import { strayTagCounts } from './tag-counts.ts'
import { contentsOf, emptyDatabase, libraryOfVersion, tablesOf } from './old-libraries.ts'

/** Fails at the statement of this number, counted from 1: all that the database is asked passes here. */
class FailingAt implements KyselyPlugin {
  #left: number

  constructor(number: number) {
    this.#left = number
  }

  transformQuery({ node }: Parameters<KyselyPlugin['transformQuery']>[0]) {
    if (--this.#left === 0) throw new Error('the power is gone')
    return node
  }

  async transformResult({ result }: { result: QueryResult<UnknownRow> }): Promise<QueryResult<UnknownRow>> {
    return result
  }
}

/** Photos outside the trash by owner, level and year as the triggers count them, and counted one by one. */
async function countsOf({ db }: Storage) {
  const counted = await sql`select user_id, visibility, bucket, sum(photos) as photos from photo_counts
    where length = 4 and user_id > 0 group by 1, 2, 3 having sum(photos) <> 0 order by 1, 2, 3`.execute(db)
  const there =
    await sql`select user_id, visibility, substr(sort_time, 1, 4) as bucket, count(*) as photos from photos
    where deleted_at is null group by 1, 2, 3 order by 1, 2, 3`.execute(db)
  return { counted: counted.rows, there: there.rows }
}

/**
 * Migrates again and again, each time some steps further, until nothing is in the way. Answers how often it was broken off
 * before the end; after the commit PostgreSQL is asked for a little more, which may fail as well.
 */
async function breakOffAtSteps(
  storage: Storage,
  tablesBefore: readonly string[],
  { from, every }: { readonly from: number; readonly every: number },
): Promise<number> {
  let brokenOff = 0
  for (let step = from; ; step += every) {
    const failing = { ...storage, db: storage.db.withPlugin(new FailingAt(step)) }
    const failure = await migrate(failing).then(
      () => null,
      (error: unknown) => error,
    )
    if (failure === null) return brokenOff
    expect(failure).toMatchObject({ message: expect.stringContaining('the power is gone') as string })
    if (await isMigrated(storage)) continue
    expect(await tablesOf(storage)).toEqual(tablesBefore)
    brokenOff++
  }
}

const versions = Object.keys(migrations).map((_, index) => index + 1)

describe.each(versions)('a database of version %i with photos in it', (version) => {
  test('is brought to this version, loses nothing, and counts what it has', async () => {
    const storage = (await emptyDatabase()).open()
    await libraryOfVersion(storage, version)
    const before = await contentsOf(storage)

    await migrate(storage)

    expect(await isMigrated(storage)).toBe(true)
    expect(await contentsOf(storage)).toEqual(before)
    const { counted, there } = await countsOf(storage)
    expect(there.length).toBeGreaterThan(10)
    expect(counted).toEqual(there)
    expect(await strayTagCounts(storage)).toEqual([])
    expect(await strayStackCounts(storage)).toEqual([])
  })
})

/** The ways of the last versions are short. On the others each version takes other steps, so that all are taken on some way. */
const STRIDE = 7
const stepsOf = (version: number) =>
  version > versions.length - 4 ? { from: 1, every: 1 } : { from: 1 + (version % STRIDE), every: STRIDE }

describe.each(versions.slice(0, -1))('a database of version %i', (version) => {
  test('whose way is broken off stays as it is, and goes the way the next time', async () => {
    const storage = (await emptyDatabase()).open()
    await libraryOfVersion(storage, version)
    const [before, tables] = [await contentsOf(storage), await tablesOf(storage)]

    const brokenOff = await breakOffAtSteps(storage, tables, stepsOf(version))

    expect(brokenOff).toBeGreaterThan(3)
    expect(await isMigrated(storage)).toBe(true)
    expect(await contentsOf(storage)).toEqual(before)
    expect((await countsOf(storage)).counted).toEqual((await countsOf(storage)).there)
  })
})

test('an empty database whose making is broken off stays empty, and is made the next time', async () => {
  const storage = (await emptyDatabase()).open()

  const brokenOff = await breakOffAtSteps(storage, [], stepsOf(0))

  expect(brokenOff).toBeGreaterThan(20)
  expect(await isMigrated(storage)).toBe(true)
})
