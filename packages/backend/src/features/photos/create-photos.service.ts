import { type CreatedPhoto, type EggBatchResult, type NewPhoto, newPhoto } from '@imalink/contract'
import type { SignedIn } from '../../access/viewer.ts'
import { AppError, invalidInput, missingReference } from '../../app-error.ts'
import { type Db, type Tx, inTransaction, isReferenceViolation } from '../../storage/database/database.ts'
import type { PreviewStore } from '../../storage/previews/preview-store.ts'
import type { History } from '../../history.ts'
import { type CheckedEgg, checkEgg } from './check-egg.ts'
import type { EggDefaults } from './egg-rows.ts'
import { type EggToStore, type Registers, storeEggs } from './store-eggs.service.ts'

/** What photos need of import sessions; `app.ts` introduces them. */
export interface ImportLedger {
  /** Defaults of the owner's own sessions among these. */
  defaultsOf(db: Db, owner: SignedIn, sessionIds: readonly number[]): Promise<Map<number, EggDefaults>>
  /** Counts what became of a session's eggs, in the transaction that stores them. */
  count(tx: Tx, owner: SignedIn, sessionId: number, counts: EggCounts): Promise<void>
}

/** `files` are the originals of the eggs: a RAW + JPEG pair is one egg and two files. */
export interface EggCounts {
  readonly created: number
  readonly duplicates: number
  readonly files: number
}

export interface CreateDeps {
  readonly db: Db
  readonly previews: PreviewStore
  readonly imports: ImportLedger
  readonly registers: Registers & {
    /** Which of these ids are authors of the owner's. */
    ownAuthors(db: Db, owner: SignedIn, ids: readonly number[]): Promise<ReadonlySet<number>>
    /** Whom the owner's photos credit that name nobody. */
    defaultAuthor(db: Db, owner: SignedIn): Promise<number | null>
  }
  readonly history: History
  /** Told how many photos there are more, once they are there. */
  onCreated(count: number): void
  /** Asked last in every transaction; what it throws undoes it. */
  mayCommit?(tx: Tx): Promise<void>
}

const NO_DEFAULTS: EggDefaults = { visibility: null, tags: [], author_id: null }

/** Stores one egg. Throws what `checkEgg` throws, `author_not_found`, `import_session_not_found`. */
export async function createPhoto(
  deps: CreateDeps,
  owner: SignedIn,
  request: NewPhoto,
): Promise<CreatedPhoto> {
  const [created] = await onceMore(async () => {
    const references = await findReferences(deps, owner, [request])
    return storeAll(deps, owner, [prepare(request, references)])
  })
  if (!created) throw new Error('a stored egg has no answer')
  return created
}

type Result = EggBatchResult['results'][number]

/** Stores the good ones of up to 200 in one transaction; each bad one is answered with its error. */
export function createPhotos(
  deps: CreateDeps,
  owner: SignedIn,
  items: readonly unknown[],
): Promise<EggBatchResult> {
  return onceMore(() => createBatch(deps, owner, items))
}

/** An import session may be forgotten between the look at it and the insert; looked at again, it is missing. */
async function onceMore<T>(store: () => Promise<T>): Promise<T> {
  try {
    return await store()
  } catch (error) {
    if (!isReferenceViolation(error)) throw error
    return store()
  }
}

async function createBatch(
  deps: CreateDeps,
  owner: SignedIn,
  items: readonly unknown[],
): Promise<EggBatchResult> {
  const parsed = items.map((item) => newPhoto.safeParse(item))
  const references = await findReferences(
    deps,
    owner,
    parsed.flatMap((item) => item.data ?? []),
  )
  const prepared = parsed.map((item) => {
    return attempt(() => {
      if (!item.success) throw invalidInput(item.error, 'photo')
      return prepare(item.data, references)
    })
  })
  const good = prepared.flatMap((item) => (item instanceof AppError ? [] : [item]))
  const stored = await storeAll(deps, owner, good)
  const answers = new Map(good.map((item, index) => [item, stored[index]]))
  const results = prepared.map((item, index): Result => {
    return item instanceof AppError ? failed(index, item) : succeeded(index, answers.get(item))
  })
  const count = (status: Result['status']) => results.filter((result) => result.status === status).length
  return { results, created: count('created'), duplicates: count('duplicate'), failed: count('failed') }
}

function attempt<T>(work: () => T): T | AppError {
  try {
    return work()
  } catch (error) {
    if (error instanceof AppError) return error
    throw error
  }
}

/** What the eggs refer to by id, as far as it is the owner's. */
interface References {
  readonly sessions: ReadonlyMap<number, EggDefaults>
  readonly authors: ReadonlySet<number>
  readonly defaultAuthor: number | null
}

async function findReferences(
  { db, imports, registers }: CreateDeps,
  owner: SignedIn,
  requests: readonly NewPhoto[],
): Promise<References> {
  const sessionIds = [...new Set(requests.flatMap((request) => request.import_session_id ?? []))]
  const authorIds = [...new Set(requests.flatMap((request) => request.author_id ?? []))]
  return {
    sessions: sessionIds.length === 0 ? new Map() : await imports.defaultsOf(db, owner, sessionIds),
    authors: authorIds.length === 0 ? new Set() : await registers.ownAuthors(db, owner, authorIds),
    defaultAuthor: await registers.defaultAuthor(db, owner),
  }
}

/** Everything about one egg that can be refused is refused here, before any byte is kept. */
function prepare(request: NewPhoto, { sessions, authors, defaultAuthor }: References): EggToStore {
  const { author_id: authorId, import_session_id: sessionId } = request
  if (authorId && !authors.has(authorId))
    throw missingReference('author_not_found', 'There is no such author of yours.')
  if (!sessionId) return { egg: checkEgg(request), defaults: { ...NO_DEFAULTS, author_id: defaultAuthor } }
  const defaults = sessions.get(sessionId)
  if (!defaults)
    throw missingReference('import_session_not_found', 'There is no such import session of yours.')
  return { egg: checkEgg(request), defaults: { ...defaults, author_id: defaults.author_id ?? defaultAuthor } }
}

/** Bytes first, rows second: a crash between them leaves a file that nothing refers to, never a row without its picture. */
async function storeAll(
  deps: CreateDeps,
  owner: SignedIn,
  eggs: readonly EggToStore[],
): Promise<CreatedPhoto[]> {
  if (eggs.length === 0) return []
  await Promise.all(eggs.map(({ egg }) => keepColdpreview(deps.previews, egg)))
  const stored = await inTransaction(deps.db, async (tx) => {
    const created = await storeEggs(tx, owner, eggs, deps.registers)
    await countBySession(deps.imports, tx, owner, eggs, created)
    await deps.mayCommit?.(tx)
    return created
  })
  deps.onCreated(stored.filter((photo) => !photo.is_duplicate).length)
  return stored
}

async function keepColdpreview(previews: PreviewStore, { coldpreview }: CheckedEgg): Promise<void> {
  if (coldpreview) await previews.put(coldpreview.sha256, coldpreview.bytes)
}

async function countBySession(
  imports: ImportLedger,
  tx: Tx,
  owner: SignedIn,
  eggs: readonly EggToStore[],
  created: readonly CreatedPhoto[],
): Promise<void> {
  const counts = new Map<number, { created: number; duplicates: number; files: number }>()
  for (const [index, { egg }] of eggs.entries()) {
    const sessionId = egg.request.import_session_id
    if (!sessionId) continue
    const count = counts.get(sessionId) ?? { created: 0, duplicates: 0, files: 0 }
    if (created[index]?.is_duplicate) count.duplicates++
    else count.created++
    count.files += Math.max(egg.files.length, 1)
    counts.set(sessionId, count)
  }
  for (const sessionId of [...counts.keys()].sort((a, b) => a - b)) {
    const count = counts.get(sessionId)
    if (count) await imports.count(tx, owner, sessionId, count)
  }
}

function failed(index: number, error: AppError): Result {
  const { errors } = error.options
  const reason = { code: error.code, detail: error.message, ...(errors ? { errors } : {}) }
  return { index, status: 'failed', id: null, hothash: null, error: reason }
}

function succeeded(index: number, photo: CreatedPhoto | undefined): Result {
  if (!photo) throw new Error('a stored egg has no answer')
  const { id, hothash, is_duplicate, in_trash } = photo
  return {
    index,
    status: is_duplicate ? 'duplicate' : 'created',
    id,
    hothash,
    error: null,
    ...(in_trash ? { in_trash } : {}),
  }
}
