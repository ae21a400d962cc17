import { ApiError, type Server, call } from '@imalink/client'
import { type FileRecord, endpoints } from '@imalink/contract'
import type { Config } from '../config.ts'
import { currentLogin } from '../credentials.ts'
import { Failure, exitCodes } from '../failure.ts'
import { count, counted, printable } from '../import/printable.ts'
import { type MeantPhoto, findPhotos } from '../where/find-photos.ts'
import { type Presence, presenceOf } from '../where/presence.ts'

export interface WhereOptions {
  readonly json?: true
}

interface Original extends Pick<
  FileRecord,
  'filename' | 'file_path' | 'volume' | 'file_format' | 'file_size' | 'file_sha256' | 'modified_at'
> {
  readonly presence: Presence
}

interface Found {
  readonly photo: MeantPhoto
  /** Null for a photo in the trash, of which the server tells nothing. */
  readonly originals: readonly Original[] | null
}

/** Says where the originals of a photo are, and which of them are there now on this machine. */
export async function where(config: Config, meant: string, options: WhereOptions): Promise<void> {
  const { backend } = await currentLogin(config)
  const photos: Found[] = []
  for (const photo of await findPhotos(backend, meant))
    photos.push({ photo, originals: photo.inTrash ? null : await originalsOf(backend, photo.ref) })
  process.stdout.write(options.json ? jsonOf(photos) : photos.map(textOf).join(''))
}

async function originalsOf(backend: Server, ref: string): Promise<Original[]> {
  const originals: Original[] = []
  let cursor: string | null = null
  do {
    const query: { cursor?: string } = cursor === null ? {} : { cursor }
    const page = await filesPage(backend, ref, query)
    originals.push(...page.data.map(asOriginal))
    cursor = page.meta.next_cursor
  } while (cursor !== null)
  return originals
}

async function filesPage(backend: Server, ref: string, query: { cursor?: string }) {
  try {
    return await call(backend, endpoints.listPhotoFiles, { params: { ref }, query })
  } catch (error) {
    if (!(error instanceof ApiError) || error.status !== 404) throw error
    throw new Failure(`You have no photo ${ref}.`, exitCodes.impossible, error)
  }
}

function asOriginal(record: FileRecord): Original {
  const { filename, file_path, volume, file_format, file_size, file_sha256, modified_at } = record
  const about = { filename, file_path, volume, file_format, file_size, file_sha256, modified_at }
  return { ...about, presence: presenceOf(record) }
}

function jsonOf(photos: readonly Found[]): string {
  const all = photos.map(({ photo, originals }) => ({
    photo: photo.ref,
    found_by: photo.foundBy,
    in_trash: photo.inTrash,
    originals,
  }))
  return `${JSON.stringify({ photos: all }, null, 2)}\n`
}

const words: Readonly<Record<Presence, string>> = {
  here: 'here',
  changed: 'changed since',
  other_disk: 'another disk is there',
  missing: 'not there now',
  unknown: 'place unknown',
}

function textOf({ photo, originals }: Found): string {
  if (originals === null)
    return `Photo ${photo.ref} is in the trash: where its originals are is told when it is taken out.\n`
  const head = `Photo ${photo.ref}: ${counted(originals.length, 'original')}\n`
  return head + originals.map((original) => `${originalLines(original)}\n`).join('')
}

function originalLines({ presence, file_path, filename, volume, file_size, modified_at }: Original): string {
  const about = [
    volume === '' ? 'disk without a name' : `disk ${printable(volume)}`,
    file_size === null ? '' : `${count(file_size)} bytes`,
    modified_at === null ? '' : `of ${modified_at.slice(0, 19).replace('T', ' ')} UTC`,
  ]
  const place = printable(file_path === '' ? filename : file_path)
  return `  ${words[presence].padEnd(21)}  ${place}\n${' '.repeat(25)}${about.filter((part) => part !== '').join(', ')}`
}
