import type { SignedIn } from '../../access/viewer.ts'
import type { Db } from '../../storage/database/database.ts'

/** A file as the disk describes it without reading it. */
export interface FileOnDisk {
  readonly path: string
  readonly volume: string
  readonly size: number
  readonly modifiedAt: string | null
}

/** Those of these files that a record of the owner's has on this disk, at this path, of this size and of this time. */
export async function recordedFiles<File extends FileOnDisk>(
  db: Db,
  owner: SignedIn,
  files: readonly File[],
): Promise<Set<File>> {
  if (files.length === 0) return new Set()
  const rows = await db
    .selectFrom('image_files')
    .select(['volume', 'file_path', 'file_size', 'modified_at'])
    .where('user_id', '=', owner.userId)
    .where('volume', 'in', [...new Set(files.map(({ volume }) => volume))])
    .where('file_path', 'in', [...new Set(files.map(({ path }) => path))])
    .where('file_sha256', '!=', '')
    .execute()
  const marks = new Set(
    rows.map((row) => JSON.stringify([row.volume, row.file_path, row.file_size, row.modified_at])),
  )
  const markOf = ({ volume, path, size, modifiedAt }: File) =>
    JSON.stringify([volume, path, size, modifiedAt])
  return new Set(files.filter((file) => file.modifiedAt !== null && marks.has(markOf(file))))
}

/** Those of these paths that the session has reported as refused. */
export async function reportedFiles(
  db: Db,
  sessionId: number,
  paths: readonly string[],
): Promise<Set<string>> {
  if (paths.length === 0) return new Set()
  const rows = await db
    .selectFrom('import_errors')
    .select('filename')
    .where('import_session_id', '=', sessionId)
    .where('filename', 'in', [...new Set(paths)])
    .execute()
  return new Set(rows.map(({ filename }) => filename))
}
