import { Client } from 'pg'

/** Runs the statement as somebody else on PostgreSQL, who keeps what it locks until he is told to let go. */
export async function holdLock(
  url: string,
  statement: string,
  values: unknown[] = [],
): Promise<() => Promise<void>> {
  const other = new Client({ connectionString: url })
  await other.connect()
  await other.query('begin')
  await other.query(statement, values)
  return async () => {
    await other.query('rollback')
    await other.end()
  }
}
