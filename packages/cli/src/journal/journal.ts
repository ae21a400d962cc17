import type { DatabaseSync } from 'node:sqlite'
import type { Outcome } from '@imalink/client'
import { type DiskFile, type DiskPath, type Place, keyOf } from '@imalink/client/disk'
import { refusalsOfContent } from '@imalink/contract'
import { identityOf, isDamage, isDamaged, openForWriting, setAside } from './database.ts'
import type { MemoryKey } from './journal-memory.ts'
import { nameKey, storedTime } from './stored-names.ts'

/** Whose photos the journal speaks of: those of one account, as the server had them before it was last restored. */
export interface JournalOwner {
  readonly installationId: string
  readonly restoreEpoch: number
  readonly userId: number
}

export interface JournalOptions {
  readonly file: string
  readonly owner: JournalOwner
  /** The version of the installation, core with it, that refuses files: a later one may take them. */
  readonly judge: string
  /** Hears in a sentence what is wrong with the journal; no import ends for that. */
  onTrouble(sentence: string): void
}

interface Entry {
  readonly place: Place
  readonly name: DiskPath
  readonly size: number
  readonly mtimeNs: bigint
  readonly photo: { readonly id: number; readonly hothash: string; readonly sha256: string } | null
  readonly refusal: { readonly code: string; readonly detail: string } | null
}

interface OpenJournal {
  readonly database: DatabaseSync
  readonly accountId: number
  readonly identity: string | null
}

const BATCH = 200
const WRITE_EVERY_MS = 500

/** What core says of a file's content. Every other refusal may pass, or is not about the file. */
const lasting = new Set<string>([...refusalsOfContent, 'file_too_large'])

/** Remembers on this machine which files are in, so that a repeat need not read them. Written after the server has acknowledged. */
export class Journal {
  readonly #options: JournalOptions
  readonly #timer: NodeJS.Timeout
  #open: OpenJournal | null = null
  #entries: Entry[] = []

  constructor(options: JournalOptions) {
    this.#options = options
    this.#openOrRebuild()
    this.#timer = setInterval(() => this.#write(), WRITE_EVERY_MS).unref()
  }

  /** What the scan's memory is opened with, null where there is no journal to ask. */
  get memory(): Omit<MemoryKey, 'withPhotos'> | null {
    const { file, judge } = this.#options
    return this.#open && { file, judge, accountId: this.#open.accountId }
  }

  /** Notes what became of a file. */
  note({ file, ...verdict }: Outcome & { readonly file: DiskFile }): void {
    if (this.#open === null) return
    const { place, name, size, mtimeNs } = file
    const about = { place, name, size, mtimeNs }
    if (verdict.status !== 'refused') this.#entries.push({ ...about, photo: verdict, refusal: null })
    else if (lasting.has(verdict.code)) this.#entries.push({ ...about, photo: null, refusal: verdict })
    if (this.#entries.length >= BATCH) this.#write()
  }

  /** The journal could not be asked; it begins again where it is damaged. */
  lost(reason: string): void {
    this.#options.onTrouble(`The journal of earlier imports cannot be asked: ${reason}.`)
    if (this.#open !== null && isDamaged(this.#open.database)) this.#rebuild()
  }

  close(): void {
    clearInterval(this.#timer)
    this.#write()
    this.#open?.database.close()
    this.#open = null
  }

  #write(): void {
    const entries = this.#entries
    this.#entries = []
    if (entries.length > 0) this.#attempt(() => this.#writeAll(entries))
  }

  #writeAll(entries: readonly Entry[]): void {
    if (this.#open === null) return
    const { database, accountId } = this.#open
    database.exec('BEGIN IMMEDIATE')
    try {
      const write = writing(database, accountId, this.#options.judge)
      entries.forEach(write)
      database.exec('COMMIT')
    } catch (error) {
      if (database.isTransaction) database.exec('ROLLBACK')
      throw error
    }
  }

  #attempt(work: () => void): void {
    try {
      work()
    } catch (error) {
      if (isDamage(error)) this.#rebuild()
      else this.#giveUp(error)
    }
  }

  #rebuild(): void {
    const { file, onTrouble } = this.#options
    const damaged = this.#open
    damaged?.database.close()
    this.#open = null
    try {
      // Another import may have done it already.
      if (damaged === null || damaged.identity === identityOf(file))
        onTrouble(`The journal of earlier imports is damaged; it was put aside as ${setAside(file)}.`)
      this.#open = this.#openFile()
    } catch (error) {
      this.#giveUp(error)
    }
  }

  #openOrRebuild(): void {
    try {
      this.#open = this.#openFile()
    } catch (error) {
      if (isDamage(error)) this.#rebuild()
      else this.#giveUp(error)
    }
  }

  #openFile(): OpenJournal {
    const { file, owner } = this.#options
    const database = openForWriting(file)
    return { database, accountId: accountIdOf(database, owner), identity: identityOf(file) }
  }

  #giveUp(error: unknown): void {
    const reason = error instanceof Error ? error.message : String(error)
    this.#options.onTrouble(`There is no journal of this import: ${reason}. A repeat asks the server again.`)
    this.#open?.database.close()
    this.#open = null
  }
}

function accountIdOf(database: DatabaseSync, { installationId, restoreEpoch, userId }: JournalOwner): number {
  const columns = 'installation_id, restore_epoch, user_id'
  const values = [installationId, restoreEpoch, userId]
  database.prepare(`INSERT INTO accounts (${columns}) VALUES (?, ?, ?) ON CONFLICT DO NOTHING`).run(...values)
  const find = database.prepare(
    'SELECT id FROM accounts WHERE (installation_id, restore_epoch, user_id) = (?, ?, ?)',
  )
  return idIn(find.get(...values))
}

/** Writes entries in a transaction that is begun. */
function writing(database: DatabaseSync, accountId: number, judge: string): (entry: Entry) => void {
  const addFolder = database.prepare(
    'INSERT INTO folders (account_id, volume, path) VALUES (?, ?, ?) ON CONFLICT DO NOTHING',
  )
  const findFolder = database.prepare(
    'SELECT id FROM folders WHERE account_id = ? AND volume = ? AND path = ?',
  )
  const putFile = database.prepare('REPLACE INTO files VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)')
  const folders = new Map<string, number>()

  const folderId = ({ folder, volume }: Place) => {
    const key = `${volume}\0${keyOf(folder)}`
    const known = folders.get(key)
    if (known !== undefined) return known
    const path = Buffer.from(folder)
    addFolder.run(accountId, volume, path)
    const id = idIn(findFolder.get(accountId, volume, path))
    folders.set(key, id)
    return id
  }
  return ({ place, name, size, mtimeNs, photo, refusal }) => {
    putFile.run(
      ...[folderId(place), nameKey(name), size, storedTime(mtimeNs)],
      ...(photo ? [bytesOf(photo.sha256), bytesOf(photo.hothash), photo.id] : [null, null, null]),
      ...(refusal ? [refusal.code, refusal.detail, judge] : [null, null, null]),
    )
  }
}

const bytesOf = (hex: string) => Buffer.from(hex, 'hex')

function idIn(row: Record<string, unknown> | undefined): number {
  if (typeof row?.id !== 'number') throw new Error('The journal did not keep what was written')
  return row.id
}
