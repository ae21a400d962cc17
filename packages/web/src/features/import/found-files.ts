import { type SourceFile, type SourceGroup, isCacheFolder, isHidden } from '@imalink/client'

/** A file that was chosen or dropped; it is opened only when its turn comes. */
export interface FoundFile {
  /** Relative to what was chosen, with `/` between folders. */
  readonly path: string
  readonly filename: string
  open(): Promise<File>
}

function foundFile(path: string, open: FoundFile['open']): FoundFile {
  return { path, filename: path.slice(path.lastIndexOf('/') + 1), open }
}

/** What was chosen with a file input, folder by folder; when a folder was, paths begin with its name. */
export function foundInInput(files: readonly File[]): FoundFile[][] {
  const found = files.map((file) =>
    foundFile(file.webkitRelativePath || file.name, () => Promise.resolve(file)),
  )
  return [...Map.groupBy(found, ({ path, filename }) => path.slice(0, -filename.length)).values()]
}

/** What was dropped. Must be called while the drop is handled: the browser forgets it right after. */
export function entriesOf(transfer: DataTransfer): FileSystemEntry[] {
  return [...transfer.items].map((item) => item.webkitGetAsEntry()).filter((entry) => entry !== null)
}

/** The files of each folder in these entries, to the bottom but for hidden folders and caches. A folder that fails is one file that cannot be opened. */
export async function* walkEntries(entries: readonly FileSystemEntry[]): AsyncGenerator<FoundFile[]> {
  const files = entries.filter(isFile)
  if (files.length > 0) yield files.map((entry) => foundFile(pathOf(entry), () => fileOf(entry)))
  for (const entry of entries.filter(isFolder)) {
    if (!isHidden(entry.name) && !isCacheFolder(entry.name)) yield* walkFolder(entry)
  }
}

async function* walkFolder(folder: FileSystemDirectoryEntry): AsyncGenerator<FoundFile[]> {
  const children = await childrenOf(folder).catch(asError)
  if (children instanceof Error) yield [foundFile(pathOf(folder), () => Promise.reject(children))]
  else yield* walkEntries(children)
}

const pathOf = ({ fullPath }: FileSystemEntry) => fullPath.replace(/^\//, '')

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

/** The group as the import engine reads it; what cannot be opened is refused when it is read. */
export async function asSources(group: SourceGroup<FoundFile>): Promise<SourceGroup> {
  const [files, sidecars] = await Promise.all([
    Promise.all(group.files.map(asSource)),
    Promise.all(group.sidecars.map(asSource)),
  ])
  return { files, sidecars }
}

async function asSource(found: FoundFile): Promise<SourceFile> {
  try {
    return readable(found, await found.open())
  } catch (error) {
    return unreadable(found, asError(error))
  }
}

function unreadable({ path, filename }: FoundFile, error: Error): SourceFile {
  return { filename, path, volume: '', size: 0, modifiedAt: null, read: () => Promise.reject(error) }
}

function readable({ path, filename }: FoundFile, file: File): SourceFile {
  return {
    filename,
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
