import type {
  AnswerOf,
  BodyOf,
  EggBatchResult,
  ImageFile,
  NewPhotoInput,
  Visibility,
  importSessionsEndpoints,
  photosEndpoints,
} from '@imalink/contract'
import type { EggLayer } from './core.ts'

/** One original that could be imported. `path` is absolute where it is known, or relative to what was chosen. */
export interface SourceFile {
  readonly filename: string
  readonly path: string
  /** The disk it is on; `''` where that is not known. */
  readonly volume: string
  /** Bytes. */
  readonly size: number
  /** UTC instant, null where it is not known. */
  readonly modifiedAt: string | null
  /** The whole file. What it throws makes the file `refused` as `unreadable_file`, with the error's message as detail. */
  read(signal: AbortSignal): Promise<Blob | Uint8Array<ArrayBuffer>>
}

/** Files of one folder that may be one photo by their names, the rendered one first, and the XMP beside them. */
export interface SourceGroup<File = SourceFile> {
  readonly files: readonly File[]
  /** XMP side-cars, those of one file (`IMG_1.CR2.xmp`) before those of all (`IMG_1.xmp`). They have no outcome. */
  readonly sidecars: readonly File[]
  /** Names of further files of the group, which lie beside these and are in already. */
  readonly settled?: readonly string[]
}

/** The photo that a file is of. */
export interface FilePhoto {
  readonly id: number
  readonly hothash: string
  readonly in_trash: boolean
  /** Of the file's bytes. */
  readonly sha256: string
}

/**
 * What became of one original. `known` was not decoded, because the backend has these bytes already; `joined` became a
 * further file of a photo that is there or that its partner made. `note` is a sentence that explains: why files were
 * paired or not, what of the photographer's words had to be cut.
 */
export type Verdict =
  | ({
      readonly status: 'created' | 'duplicate' | 'known' | 'joined'
      readonly note?: string
    } & FilePhoto)
  | { readonly status: 'refused'; readonly code: string; readonly detail: string; readonly note?: string }

export type Outcome = { readonly file: SourceFile } & Verdict

export interface ImportCounts {
  /** Files taken from the source so far, not the number that it has. */
  readonly found: number
  readonly done: number
  readonly created: number
  readonly duplicates: number
  readonly known: number
  readonly joined: number
  readonly refused: number
  /** Files of all these that went in no egg and were not refused: what the session learns as its `known_files`. */
  readonly without_egg: number
}

export const nothingCounted: ImportCounts = {
  found: 0,
  done: 0,
  created: 0,
  duplicates: 0,
  known: 0,
  joined: 0,
  refused: 0,
  without_egg: 0,
}

export interface KnownQuestion {
  readonly file_sha256s: string[]
  readonly names: { readonly folder: string; readonly stem: string; readonly volume?: string }[]
}
export type KnownAnswer = Pick<AnswerOf<typeof photosEndpoints.knownPhotos>, 'file_sha256s' | 'names'>
export type ImportErrors = BodyOf<typeof importSessionsEndpoints.reportImportErrors>['errors']

/**
 * What an import needs of a backend, over HTTP or in its own process. All throw `ApiError` for a refusal and
 * `UnreachableError` when there is no answer.
 */
export interface ImportBackend {
  known(asked: KnownQuestion, signal: AbortSignal): Promise<KnownAnswer>
  /** One result for each photo; a bad one fails alone. */
  createPhotos(photos: readonly NewPhotoInput[], signal: AbortSignal): Promise<EggBatchResult>
  /** Adds a file record to an own photo; one that is there already changes nothing. */
  addFile(photoId: number, file: ImageFile, signal: AbortSignal): Promise<void>
  reportErrors(sessionId: number, errors: ImportErrors, signal: AbortSignal): Promise<void>
}

export interface ImportOptions {
  readonly backend: ImportBackend
  readonly eggs: EggLayer
  readonly sessionId: number | null
  /** Longest side in px; null for none. */
  readonly coldpreviewSize: number | null
  /** Images at core at once. */
  readonly jobs: number
  /** Added to the tags that the photographer wrote. */
  readonly tags?: readonly string[]
  /** Who took the pictures, whatever the files say. */
  readonly creator?: string
  readonly visibility?: Visibility
  /** Whether files of one name may become one photo, also with one made earlier; true where it is left out. */
  readonly pairs?: boolean
  readonly signal: AbortSignal
  /** How long a server may be away before the import gives up; 10 minutes where it is left out. */
  readonly giveUpAfterMs?: number
  onOutcome(outcome: Outcome, counts: ImportCounts): void
  /** A server is away or busy and is being tried again; null when it answers again. */
  onWaiting?(reason: string | null): void
}
