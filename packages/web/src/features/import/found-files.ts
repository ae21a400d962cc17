import type { SourceFile } from '@imalink/client'
import { isHidden } from './left-out.ts'

/** A file that was chosen or dropped; it is opened only when its turn comes. */
export interface FoundFile {
  /** Relative to what was chosen, with `/` between folders. */
  readonly path: string
  open(): Promise<File>
}

/** What was chosen with a file input: for a folder, paths begin with the folder's name. */
export function foundInInput(files: readonly File[]): FoundFile[] {
  return files.map((file) => ({
    path: file.webkitRelativePath === '' ? file.name : file.webkitRelativePath,
    open: () => Promise.resolve(file),
  }))
}

/** What was dropped. Must be called while the drop is handled: the browser forgets it right after. */
export function entriesOf(transfer: DataTransfer): FileSystemEntry[] {
  return [...transfer.items].map((item) => item.webkitGetAsEntry()).filter((entry) => entry !== null)
}

/** Everything in these entries, folders walked to the bottom but for hidden ones. A folder that fails is one file that cannot be opened. */
export async function* walkEntries(entries: readonly FileSystemEntry[]): AsyncGenerator<FoundFile> {
  for (const entry of entries) {
    const path = entry.fullPath.replace(/^\//, '')
    if (isFile(entry)) yield { path, open: () => fileOf(entry) }
    else if (isFolder(entry) && !isHidden(entry.name)) yield* walkFolder(path, entry)
  }
}

async function* walkFolder(path: string, folder: FileSystemDirectoryEntry): AsyncGenerator<FoundFile> {
  try {
    yield* walkEntries(await childrenOf(folder))
  } catch (error) {
    yield { path, open: () => Promise.reject(asError(error)) }
  }
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error('The folder could not be read', { cause: error })
}

function isFile(entry: FileSystemEntry): entry is FileSystemFileEntry {
  return entry.isFile
}

function isFolder(entry: FileSystemEntry): entry is FileSystemDirectoryEntry {
  return entry.isDirectory
}

function fileOf(entry: FileSystemFileEntry): Promise<File> {
  return new Promise((resolve, reject) => entry.file(resolve, reject))
}

/** A reader gives its entries a hundred at a time, and none when there are no more. */
async function childrenOf(folder: FileSystemDirectoryEntry): Promise<FileSystemEntry[]> {
  const reader = folder.createReader()
  const children: FileSystemEntry[] = []
  for (;;) {
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) =>
      reader.readEntries(resolve, reject),
    )
    if (some.length === 0) return children
    children.push(...some)
  }
}

/** The file as the import engine reads it; one that cannot be opened is refused when it is read. */
export async function asSource({ path, open }: FoundFile): Promise<SourceFile> {
  try {
    return readable(path, await open())
  } catch (error) {
    return unreadable(path, asError(error))
  }
}

function unreadable(path: string, error: Error): SourceFile {
  const filename = path.slice(path.lastIndexOf('/') + 1)
  return { filename, path, volume: '', size: 0, modifiedAt: null, read: () => Promise.reject(error) }
}

function readable(path: string, file: File): SourceFile {
  return {
    filename: file.name,
    path,
    // A browser tells neither the disk nor the folder above what was chosen.
    volume: '',
    size: file.size,
    modifiedAt: new Date(file.lastModified).toISOString(),
    read: () => Promise.resolve(file),
  }
}

/** A name for the import: the folders and files at its top. */
export function titleOf(paths: readonly string[]): string {
  const tops = [...new Set(paths.map((path) => path.split('/')[0] ?? path))]
  const [first = 'Files', second] = tops
  if (second === undefined) return first
  return tops.length === 2 ? `${first} and ${second}` : `${first} and ${tops.length - 1} more`
}
