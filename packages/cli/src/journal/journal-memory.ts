import type { StatementSync } from 'node:sqlite'
import type { FoundFile, Memory, Place, Recalled } from '@imalink/client/disk'
import { openForReading } from './database.ts'
import { nameKey, storedTime } from './stored-names.ts'

/** Which journal to ask, and for whom. */
export interface MemoryKey {
  readonly file: string
  readonly accountId: number
  /** Refusals by another version are no longer believed. */
  readonly judge: string
  /** Whether what is remembered of photos is told as well; asking for it takes time. */
  readonly withPhotos: boolean
}

/** The columns that are asked for; those of the photo only with `withPhotos`. */
type Row = readonly [
  name: string,
  size: bigint,
  mtimeNs: bigint,
  refusal: string | null,
  detail: string | null,
  judge: string | null,
  photoId?: bigint,
  hothash?: string,
  sha256?: string,
]

/** Opens the journal to ask which files are settled, with one query for each folder. Throws SQLite's errors. */
export function journalMemory({ file, accountId, judge, withPhotos }: MemoryKey): Memory {
  const settled = settledFiles(openForReading(file).prepare(settledSql({ withPhotos })))

  return {
    recall({ folder, volume }, files) {
      const rowOf = inOrder(settled(accountId, volume, folder))
      return files.map((file) => recalled(rowOf(nameKey(file.name)), file, judge))
    },
  }
}

function settledSql({ withPhotos }: { withPhotos: boolean }): string {
  const photo = withPhotos ? ', photo_id, lower(hex(hothash)), lower(hex(sha256))' : ''
  return `
    SELECT name, size, mtime_ns, refusal, detail, judge${photo} FROM files
    WHERE folder_id = (SELECT id FROM folders WHERE account_id = ? AND volume = ? AND path = ?)
  `
}

function settledFiles(statement: StatementSync) {
  statement.setReadBigInts(true)
  statement.setReturnArrays(true)
  return (accountId: number, volume: string, folder: Place['folder']) => {
    const rows: unknown[] = statement.all(accountId, volume, Buffer.from(folder))
    return rows as Row[] // As the statement asks and STRICT tables hold.
  }
}

/** Finds rows by name. The disk lists files in the order of the rows, nearly always, so that the next row is the one. */
function inOrder(rows: readonly Row[]): (name: string) => Row | undefined {
  let next = 0
  let byName: Map<string, Row> | null = null
  return (name) => {
    const row = rows[next]
    if (row?.[0] === name) {
      next++
      return row
    }
    byName ??= new Map(rows.map((one) => [one[0], one]))
    return byName.get(name)
  }
}

const unchanged: Recalled = { status: 'unchanged', photo: null }

function recalled(row: Row | undefined, file: FoundFile, judge: string): Recalled | null {
  if (row === undefined) return null
  const [, size, mtimeNs, code, detail, judgedBy, id, hothash, sha256] = row
  if (size !== BigInt(file.size) || mtimeNs !== storedTime(file.mtimeNs)) return null
  if (code !== null) return judgedBy === judge ? { status: 'refused', code, detail: detail ?? '' } : null
  if (id === undefined || hothash === undefined || sha256 === undefined) return unchanged
  return { status: 'unchanged', photo: { id: Number(id), hothash, sha256 } }
}
