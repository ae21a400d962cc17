/** The reference: reads, hashes, parses EXIF and makes both previews by direct calls, as fast as one process can. */
import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import ExifReader from 'exifreader'
import { bothPreviews } from './bare-previews.ts'

process.on('message', (files: string[]) => void loop(files).then(() => process.send?.('done')))
process.send?.('ready')

async function loop(files: readonly string[]): Promise<void> {
  for (const file of files) {
    const bytes = await readFile(file)
    createHash('sha256').update(bytes).digest('hex')
    ExifReader.load(bytes, { expanded: true })
    await bothPreviews(bytes)
  }
}
