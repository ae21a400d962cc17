import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Outcome, Verdict } from '@imalink/client'
import type { DiskFile, FoundFile, Place, Recalled } from '@imalink/client/disk'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { journalMemory } from './journal-memory.ts'
import { Journal } from './journal.ts'

let folder: string
let troubles: string[]

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'imalink-journal-'))
  troubles = []
})
afterEach(() => rmSync(folder, { recursive: true }))

const owner = { installationId: 'here', restoreEpoch: 1, userId: 1 }

function openJournal(changes: { owner?: typeof owner; judge?: string } = {}): Journal {
  const onTrouble = (sentence: string) => troubles.push(sentence)
  return new Journal({ file: join(folder, 'state', 'journal.db'), owner, judge: '1', onTrouble, ...changes })
}

const place: Place = { folder: '/photos', volume: 'disk' }
const found: FoundFile = {
  name: 'a.jpg',
  filename: 'a.jpg',
  size: 10,
  mtimeNs: 1_700_000_000_123_456_789n,
  touchedMs: 0,
  problem: null,
}

type Noted = Outcome & { readonly file: DiskFile }

function outcome(verdict: Verdict, at = place, file = found): Noted {
  const read = () => Promise.reject(new Error('Nobody reads here'))
  return { file: { ...file, place: at, path: '', volume: '', modifiedAt: null, read }, ...verdict }
}

const photo = {
  status: 'created',
  id: 7,
  hothash: 'ab'.repeat(32),
  sha256: 'cd'.repeat(32),
  in_trash: false,
} as const
const refused = (code: string) => ({ status: 'refused', code, detail: 'because' }) as const

/** What another run remembers of files, after this one has ended. */
function recallLater(
  journal: Journal,
  at = place,
  file = found,
  later = openJournal(),
): Recalled | null | undefined {
  journal.close()
  const key = later.memory
  if (key === null) throw new Error('There is no journal')
  const answers = journalMemory({ ...key, withPhotos: true }).recall(at, [file])
  later.close()
  return answers[0]
}

function noted(...outcomes: readonly Noted[]): Journal {
  const journal = openJournal()
  for (const one of outcomes) journal.note(one)
  return journal
}

test('remembers the photo of a file, whatever became of that then', () => {
  const { id, hothash, sha256 } = photo
  for (const status of ['created', 'known', 'duplicate', 'joined'] as const)
    expect(recallLater(noted(outcome({ ...photo, status })))).toEqual({
      status: 'unchanged',
      photo: { id, hothash, sha256 },
    })
})

test.each<[string, Place, FoundFile]>([
  ['another size', place, { ...found, size: 11 }],
  ['another time, by a nanosecond', place, { ...found, mtimeNs: found.mtimeNs + 1n }],
  ['another name', place, { ...found, name: 'b.jpg' }],
  ['a name of other bytes that are shown alike', place, { ...found, name: Buffer.from('61ff', 'hex') }],
  ['another folder', { ...place, folder: '/photos/sub' }, found],
  ['another disk at the same place', { ...place, volume: 'other' }, found],
])('knows nothing of a file of %s', (_what, at, file) => {
  expect(recallLater(noted(outcome(photo)), at, file)).toBeNull()
})

test('tells names of bytes apart that are shown alike', () => {
  const [one, other] = ['61ff', '61fe'].map((hex) => ({ ...found, name: Buffer.from(hex, 'hex') }))
  const journal = noted(outcome(photo, place, one))

  expect(recallLater(journal, place, other)).toBeNull()
  expect(recallLater(openJournal(), place, one)).toMatchObject({ status: 'unchanged' })
})

test('holds times that no photo has', () => {
  const file = { ...found, mtimeNs: 2n ** 70n }

  expect(recallLater(noted(outcome(photo, place, file)), place, file)).toMatchObject({ status: 'unchanged' })
  expect(troubles).toEqual([])
})

test('remembers a refusal of what is in a file, and the last verdict on it', () => {
  expect(recallLater(noted(outcome(photo), outcome(refused('corrupt_image'))))).toEqual({
    status: 'refused',
    code: 'corrupt_image',
    detail: 'because',
  })
  expect(recallLater(noted(outcome(photo)))).toMatchObject({ status: 'unchanged' })
})

test.each([
  'no_answer',
  'processing_timeout',
  'unreadable_file',
  'busy',
  'internal_error',
  'author_not_found',
  'validation_failed',
])('does not remember %s, which may pass or is not about the file', (code) => {
  expect(recallLater(noted(outcome(refused(code))))).toBeNull()
})

test('believes no refusal by another version of the servers, but every photo', () => {
  const later = () => openJournal({ judge: '2' })

  expect(recallLater(noted(outcome(refused('corrupt_image'))), place, found, later())).toBeNull()
  expect(recallLater(noted(outcome(photo)), place, found, later())).toMatchObject({ status: 'unchanged' })
})

test.each([
  ['another account', { ...owner, userId: 2 }],
  ['another server', { ...owner, installationId: 'there' }],
  ['a server that was restored from a backup', { ...owner, restoreEpoch: 2 }],
])('knows nothing for %s', (_what, other) => {
  expect(recallLater(noted(outcome(photo)), place, found, openJournal({ owner: other }))).toBeNull()
})

test('finds every file of a folder, in whatever order they are asked for', () => {
  const files = ['b.jpg', 'a.jpg', '\u{1F600}.jpg', '\uFF21.jpg', 'Z.jpg', 'new.jpg'].map((name) => ({
    ...found,
    name,
  }))
  const journal = noted(...files.slice(0, -1).map((file) => outcome(photo, place, file)))
  journal.close()

  const key = openJournal().memory
  const answers = key && journalMemory({ ...key, withPhotos: false }).recall(place, files)

  expect(answers?.map((answer) => answer !== null)).toEqual([true, true, true, true, true, false])
})

test('keeps what it holds when a scan could not ask it for a reason that passes', () => {
  const journal = noted(outcome(photo))

  journal.lost('database is locked')

  expect(recallLater(journal)).toMatchObject({ status: 'unchanged' })
  expect(troubles).toEqual(['The journal of earlier imports cannot be asked: database is locked.'])
})

test('two at once keep what both note', () => {
  const [one, other] = [openJournal(), openJournal()]
  const second = { ...found, name: 'b.jpg' }
  one.note(outcome(photo))
  other.note(outcome(photo, place, second))
  one.close()

  expect(recallLater(other, place, second)).toMatchObject({ status: 'unchanged' })
  expect(recallLater(openJournal())).toMatchObject({ status: 'unchanged' })
  expect(troubles).toEqual([])
})
