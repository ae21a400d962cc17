import { ConfigError, readConfig } from './config.ts'
import { openDatabase } from './storage/open-database.ts'
import { runServer } from './run-server.ts'
import { NewerDatabaseError } from './storage/database/migrate.ts'
import { openDiskPreviewStore } from './storage/previews/disk-preview-store.ts'

try {
  const config = readConfig()
  await runServer(config, { openDatabase, previews: openDiskPreviewStore(config.previewsFolder) })
} catch (error) {
  if (!(error instanceof ConfigError || error instanceof NewerDatabaseError)) throw error
  process.stderr.write(`${error.message}\n`)
  process.exitCode = 1
}
