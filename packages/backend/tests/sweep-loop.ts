import { setTimeout } from 'node:timers/promises'
import { sweepPreviews } from '../src/features/previews/preview-sweeper.service.ts'
import { openDatabase } from '../src/storage/open-database.ts'
import { openDiskPreviewStore } from '../src/storage/previews/disk-preview-store.ts'
import { ResizedCache } from '../src/storage/previews/resized-cache.ts'

// A process that sweeps without pause, for `preview-sweep.test.ts` to kill at any moment.
const [url = '', folder = '', cacheFolder = '', untouchedMs = ''] = process.argv.slice(2)
const { db } = openDatabase(url)
const previews = openDiskPreviewStore(folder)
const cache = new ResizedCache(cacheFolder, 1024 * 1024)
const everything = Array.from({ length: 256 }, (_, number) => number.toString(16).padStart(2, '0'))

process.stdout.write('sweeping\n')
for (;;) {
  const untouchedSince = Date.now() - Number(untouchedMs)
  await sweepPreviews({ db, previews, cache }, everything, { untouchedSince, mayGoOn: () => true })
  await setTimeout(1)
}
