import type { ImportBackend, KnownAnswer, KnownQuestion } from '../import.ts'
import { batcher } from './batcher.ts'
import type { Patience } from './patience.ts'

/** A photo that the backend has. */
export interface KnownPhoto {
  readonly id: number
  readonly hothash: string
  readonly in_trash: boolean
}

export type PhotoOfName = KnownAnswer['names'][number][number]

interface Question {
  /** Null where the bytes could not be hashed. */
  readonly sha256: string | null
  readonly name: KnownQuestion['names'][number]
}

export interface KnownFile {
  /** The photo made of the same bytes. */
  readonly photo: KnownPhoto | null
  /** Photos with a file of this name in this folder. */
  readonly ofName: readonly PhotoOfName[]
}

/** Asks the backend, many files at a time, what it knows of their bytes and of their names. */
export function knownFiles(
  backend: ImportBackend,
  patience: Patience,
  signal: AbortSignal,
): (question: Question) => Promise<KnownFile> {
  return batcher<Question, KnownFile>({
    maxItems: 200,
    maxBytes: Infinity,
    lingerMs: 30,
    bytesOf: () => 0,
    async send(questions) {
      const file_sha256s = questions.flatMap(({ sha256 }) => sha256 ?? [])
      const names = questions.map(({ name }) => name)
      const answer = await patience.answerTo(() => backend.known({ file_sha256s, names }, signal))
      return questions.map(({ sha256 }, index) => ({
        photo: sha256 === null ? null : (answer.file_sha256s[sha256] ?? null),
        ofName: answer.names[index] ?? [],
      }))
    },
  })
}
