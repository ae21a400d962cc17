import type { ImportErrors, SourceGroup } from '@imalink/client'
import { type DiskFile, type DiskPath, type ScanNews, keyOf, scanDisk, textOf } from '@imalink/client/disk'
import { limits } from '@imalink/contract'
import type { SignedIn } from '../../access/viewer.ts'
import type { Db } from '../../storage/database/database.ts'
import type { FolderProgress } from './folder-progress.ts'
import type { ImportRoots } from './import-roots.ts'
import { recordedFiles, reportedFiles } from './settled-files.repository.ts'

/** So many files are looked up in the database at once. */
const FILES_AT_ONCE = 250

export interface FolderScan {
  readonly db: Db
  readonly owner: SignedIn
  readonly roots: ImportRoots
  readonly sessionId: number
  readonly signal: AbortSignal
  readonly progress: FolderProgress
  report(errors: ImportErrors): Promise<void>
}

type Group = SourceGroup<DiskFile>

/**
 * The originals below a folder that the session still has to settle. What a file record of the owner's vouches for, and
 * what the session has reported as refused, is counted as settled instead. Nothing is handed on that lies outside the
 * import roots when it is looked at, and nothing is read there.
 */
export async function* scanFolder(folder: DiskPath, scan: FolderScan): AsyncGenerator<SourceGroup> {
  const news = newsOf(scan)
  const groups = scanDisk([{ path: folder, isFolder: true }], {
    volume: null,
    sinceMs: null,
    crossMounts: false,
    maxUnnamedBytes: limits.fileBytes,
    include: [],
    exclude: [],
    signal: scan.signal,
    onNews: news.hear,
  })
  for await (const some of inPortions(allowed(groups, scan, news))) {
    await news.report()
    yield* await unsettled(some, scan)
  }
  await news.report()
}

/** What cannot be looked into is kept until it can be reported. */
function newsOf({ progress, report }: FolderScan) {
  let refused: ImportErrors = []
  const refuse = (path: string, code: string, detail: string) => {
    refused.push({ filename: path, code, detail })
  }
  return {
    refuse,
    hear({ unreadableFolders, total }: ScanNews): void {
      for (const { path, detail } of unreadableFolders) refuse(path, 'unreadable_folder', detail)
      if (total !== null) progress.expect(total)
    },
    async report(): Promise<void> {
      const news = refused
      refused = []
      for (let from = 0; from < news.length; from += limits.importErrors)
        await report(news.slice(from, from + limits.importErrors))
    },
  }
}

const OUTSIDE = 'It leads out of the import roots of the server'

/** Leaves out folders that lie outside by now; of those inside every file is looked at again when it is read. */
async function* allowed(
  groups: AsyncIterable<Group>,
  { roots }: FolderScan,
  news: { refuse(path: string, code: string, detail: string): void },
): AsyncGenerator<Group> {
  let last: { readonly key: string; readonly isInside: boolean } | null = null
  for await (const { files, sidecars, settled = [] } of groups) {
    const folder = files[0]?.place.folder ?? ''
    if (last?.key !== keyOf(folder)) {
      last = { key: keyOf(folder), isInside: await roots.holds(folder) }
      if (!last.isInside) news.refuse(textOf(folder), 'path_not_allowed', OUTSIDE)
    }
    const guard = (file: DiskFile) => guarded(file, roots)
    if (last.isInside) yield { files: files.map(guard), sidecars: sidecars.map(guard), settled }
  }
}

/** The file, looked at before it is read and after: a folder on its way may be made a link at any moment. */
function guarded(file: DiskFile, roots: ImportRoots): DiskFile {
  return {
    ...file,
    async read(signal) {
      await mustHold(roots, file.place.folder)
      const bytes = await file.read(signal)
      await mustHold(roots, file.place.folder)
      return bytes
    },
  }
}

async function mustHold(roots: ImportRoots, folder: DiskPath): Promise<void> {
  if (!(await roots.holds(folder))) throw new Error(OUTSIDE)
}

async function* inPortions(groups: AsyncIterable<Group>): AsyncGenerator<Group[]> {
  let portion: Group[] = []
  let files = 0
  for await (const group of groups) {
    portion.push(group)
    files += group.files.length
    if (files < FILES_AT_ONCE) continue
    yield portion
    portion = []
    files = 0
  }
  yield portion
}

async function unsettled(groups: readonly Group[], scan: FolderScan): Promise<Group[]> {
  const { db, owner, sessionId, progress } = scan
  // Of names that are not UTF-8 several are written down alike, so nothing that is written down vouches for one.
  const files = groups.flatMap((group) => group.files).filter(({ path }) => !path.includes('\uFFFD'))
  const recorded = await recordedFiles(db, owner, files)
  const refused = await reportedFiles(
    db,
    sessionId,
    files.map(({ path }) => path),
  )
  return groups.flatMap((group) => {
    const left = group.files.filter((file) => !recorded.has(file))
    // What was refused alone may be wanted by a partner that came later.
    const wanted = left.some(({ path }) => !refused.has(path)) ? left : []
    progress.add(group.files.length - wanted.length)
    return wanted.length === 0 ? [] : [{ ...group, files: wanted }]
  })
}
