import { readFileSync, readdirSync } from 'node:fs'
import { extname, join } from 'node:path'
import { z } from 'zod'

/** Good files by kind, so that each kind has its turn however many files there are of it. */
export type GoodFiles = readonly (readonly GoodFile[])[]

export interface GoodFile {
  readonly name: string
  readonly bytes: Buffer
}

/** Those of the project that are damaged, or something else than pictures. */
const badFiles =
  /^(archive|cut|damaged|document|drawing|empty|flipped|header|huge|page|photoshop|raw|stray|tiny|video|words)\b/

const fixtures = join(import.meta.dirname, '../../../../fixtures/images')

const manifest = z.object({
  files: z.array(z.object({ path: z.string(), kind: z.string(), bytes: z.number() })),
})

/** The project's own images, and the good ones of a folder with a `manifest.json`, up to `maxBytes` each. */
export function goodFiles(folder: string | null, maxBytes: number): GoodFiles {
  const names = readdirSync(fixtures).filter((name) => !badFiles.test(name))
  const own = names.sort().map((name) => read(fixtures, name))
  const byKind = Map.groupBy([...own, ...(folder ? realFiles(folder, maxBytes) : [])], kindOf)
  return [...byKind.keys()].sort().map((kind) => byKind.get(kind) ?? [])
}

function realFiles(folder: string, maxBytes: number): GoodFile[] {
  const { files } = manifest.parse(JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8')))
  const good = files.filter(({ kind, bytes }) => ['ok', 'no-exif'].includes(kind) && bytes <= maxBytes)
  return good.map(({ path }) => read(folder, path))
}

function read(folder: string, name: string): GoodFile {
  return { name, bytes: readFileSync(join(folder, name)) }
}

function kindOf({ name }: GoodFile): string {
  return extname(name).toLowerCase()
}
