import { type EggBatchResult, type PhotoEgg, endpoints, limits } from '@imalink/contract'
import { ApiError, type Server, call } from '../client.ts'
import type { SourceFile, Verdict } from '../import.ts'
import { batcher } from './batcher.ts'
import type { Patience } from './patience.ts'
import { wireFilename, wirePath, wirePrimaryFilename } from './wire-text.ts'

/** An egg on its way to the backend, with the file that it was made from. */
export interface LaidEgg {
  readonly egg: PhotoEgg
  readonly file: SourceFile
  readonly sha256: string | null
}

/** Keeps eggs in the backend, many at a time; resolves when an egg is acknowledged or refused. */
export function eggDelivery(
  backend: Server,
  patience: Patience,
  sessionId: number | null,
): (laid: LaidEgg) => Promise<Verdict> {
  const send = (eggs: readonly LaidEgg[]) => sendEggs(backend, patience, sessionId, eggs)
  return batcher({
    maxItems: Math.min(50, limits.batchItems),
    maxBytes: limits.batchBodyBytes / 4,
    lingerMs: 250,
    bytesOf: eggBytes,
    send,
  })
}

/** About how large an egg is in a request, in bytes: no less than it is. */
export function eggBytes({ egg }: LaidEgg): number {
  const previews = egg.hotpreview_base64.length + (egg.coldpreview_base64?.length ?? 0)
  const bytesPerCharacter = 3
  return previews + bytesPerCharacter * JSON.stringify([egg.metadata, egg.exif_dict]).length + 20_000
}

/** A batch that is refused as a whole is sent again in halves, until what is wrong is alone. */
async function sendEggs(
  backend: Server,
  patience: Patience,
  sessionId: number | null,
  eggs: readonly LaidEgg[],
): Promise<Verdict[]> {
  try {
    const photos = eggs.map((laid) => newPhoto(laid, sessionId))
    const answer = await patience.answerTo(() => call(backend, endpoints.createPhotos, { body: { photos } }))
    return eggs.map((_, index) => verdictOf(answer, index))
  } catch (error) {
    if (!(error instanceof ApiError) || concernsTheCaller(error)) throw error
    if (eggs.length === 1) return [refusal(error.problem)]
    const middle = Math.ceil(eggs.length / 2)
    const first = await sendEggs(backend, patience, sessionId, eggs.slice(0, middle))
    return [...first, ...(await sendEggs(backend, patience, sessionId, eggs.slice(middle)))]
  }
}

/** Whether an error says something about the caller or the server, not about the file that was sent. */
export function concernsTheCaller(error: ApiError): boolean {
  return [401, 403, 404, 429, 502, 503, 504].includes(error.status)
}

function newPhoto({ egg, file, sha256 }: LaidEgg, sessionId: number | null) {
  return {
    ...egg,
    primary_filename: wirePrimaryFilename(file.filename),
    ...(sessionId === null ? {} : { import_session_id: sessionId }),
    image_file: {
      filename: wireFilename(file.filename),
      file_path: wirePath(file.path),
      volume: file.volume,
      file_size: file.size,
      file_sha256: sha256 ?? egg.file_sha256,
      modified_at: file.modifiedAt,
      file_format: egg.image_format,
    },
  }
}

function verdictOf(answer: EggBatchResult, index: number): Verdict {
  const result = answer.results.find((one) => one.index === index)
  if (!result) throw new Error('The server says nothing about one of the photos it was sent')
  if (result.status === 'failed' || result.id === null || result.hothash === null)
    return refusal(result.error ?? { code: 'unexpected_answer', detail: 'The server gives no reason' })
  return {
    status: result.status,
    id: result.id,
    hothash: result.hothash,
    in_trash: result.in_trash ?? false,
  }
}

interface Refused {
  readonly code: string
  readonly detail: string
  readonly errors?: readonly { readonly path: string; readonly message: string }[] | undefined
}

/** A server's error as the verdict on one file; of several wrong fields the first one is named. */
export function refusal({ code, detail, errors }: Refused): Verdict {
  const first = errors?.[0]
  return { status: 'refused', code, detail: first ? `${detail} (${first.path}: ${first.message})` : detail }
}
