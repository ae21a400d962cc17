import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Sqlite from 'better-sqlite3'
import { stemKeyOf } from '../src/file-stem.ts'
import { migrate } from '../src/storage/database/migrate.ts'
import { openSqlite } from '../src/storage/database/sqlite.ts'
import type { AnEgg } from '../tests/an-egg.ts'

/**
 * The reference: the rows of one egg (photo, hotpreview, egg, file record, texts) by prepared statements into the same schema,
 * with the same durability, `perCommit` eggs a transaction. Answers eggs a second.
 */
export async function insertBare(eggs: readonly AnEgg[], perCommit: number): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'imalink-bench-'))
  const file = join(folder, 'bare.db')
  const storage = openSqlite(file)
  await migrate(storage)
  await storage.close()
  const database = new Sqlite(file)
  database.pragma('journal_mode = WAL')
  database.pragma('synchronous = FULL')
  database.pragma('foreign_keys = ON')
  try {
    return measure(database, eggs, perCommit)
  } finally {
    database.close()
    rmSync(folder, { recursive: true })
  }
}

function measure(database: Sqlite.Database, eggs: readonly AnEgg[], perCommit: number): number {
  database
    .prepare(
      `insert into users (id, username, username_key, email, email_key, display_name, password_hash, is_active, is_admin,
       share_location, created_at, updated_at)
       values (1, 'bench', 'bench', 'b@example.org', 'b@example.org', 'bench', '', 1, 1, 0, '', '')`,
    )
    .run()
  const insert = inserter(database)
  const start = performance.now()
  for (let first = 0; first < eggs.length; first += perCommit) {
    database.transaction(() => eggs.slice(first, first + perCommit).forEach(insert))()
  }
  return (eggs.length * 1000) / (performance.now() - start)
}

function inserter(database: Sqlite.Database): (egg: AnEgg) => void {
  const at = new Date().toISOString()
  const photo = database.prepare(
    `insert into photos (user_id, hothash, visibility, rating, width, height, taken_at, camera_make, primary_filename,
     image_format, has_raw, created_at, updated_at) values (1, ?, 'private', 0, ?, ?, ?, ?, ?, ?, 0, ?, ?)`,
  )
  const hotpreview = database.prepare('insert into hotpreviews values (?, ?)')
  const original = database.prepare('insert into photo_eggs values (?, ?, ?, ?, ?)')
  const file = database.prepare(
    `insert into image_files (photo_id, user_id, file_sha256, volume, file_path, filename, stem_key, file_format, file_size,
     width, height, created_at) values (?, 1, ?, '', '', ?, ?, ?, ?, ?, ?, ?)`,
  )
  const texts = database.prepare('insert into photo_texts (rowid, open, own) values (?, ?, ?)')
  return (egg) => {
    const { hothash, width, height, metadata, primary_filename: name, image_format: format } = egg
    const made = photo.run(
      hothash,
      width,
      height,
      metadata.taken_at,
      metadata.camera_make,
      name,
      format,
      at,
      at,
    )
    const id = made.lastInsertRowid
    hotpreview.run(id, Buffer.from(egg.hotpreview_base64, 'base64'))
    original.run(id, JSON.stringify(metadata), JSON.stringify(egg.exif_dict), egg.recipe, egg.egg_version)
    file.run(id, egg.file_sha256, name, stemKeyOf(name ?? ''), format, egg.file_size_bytes, width, height, at)
    texts.run(id, metadata.camera_make, name)
  }
}
