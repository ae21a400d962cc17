import { parentPort, workerData } from 'node:worker_threads'
import Sqlite from 'better-sqlite3'
import type { TableSize } from './database.ts'

/** A thread that reads a whole file of SQLite, and tells how much of it each table takes. */
const database = new Sqlite(workerData as string, { readonly: true }) // as `sqlite.ts` starts it
const pages = database.prepare<[], { name: string; bytes: number }>(
  `select tbl_name as name, sum(pgsize) as bytes from dbstat join sqlite_schema using (name)
    where tbl_name not like 'sqlite_%' group by tbl_name order by tbl_name`,
)
const sizes = pages.all().map(({ name, bytes }): TableSize => {
  const quoted = name.replaceAll('"', '""')
  const counted = database.prepare<[], { rows: number }>(`select count(*) as rows from "${quoted}"`).get()
  return { name, rows: counted?.rows ?? 0, bytes }
})
database.close()
parentPort?.postMessage(sizes)
