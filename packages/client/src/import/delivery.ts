import { type EggBatchResult, type NewPhotoInput, limits } from '@imalink/contract'
import { ApiError } from '../client.ts'
import type { ImportBackend, Verdict } from '../import.ts'
import { batcher } from './batcher.ts'
import type { KnownPhoto } from './known-files.ts'
import type { Patience } from './patience.ts'

/** What the backend made of a photo. */
export type Delivered =
  ({ readonly status: 'created' | 'duplicate' } & KnownPhoto) | Extract<Verdict, { status: 'refused' }>

/** Keeps photos in the backend, many at a time; resolves when one is acknowledged or refused. */
export function photoDelivery(
  backend: ImportBackend,
  patience: Patience,
  signal: AbortSignal,
): (photo: NewPhotoInput) => Promise<Delivered> {
  const send = (photos: readonly NewPhotoInput[]) =>
    sendPhotos((some) => patience.answerTo(() => backend.createPhotos(some, signal)), photos)
  return batcher({
    maxItems: Math.min(50, limits.batchItems),
    maxBytes: limits.batchBodyBytes / 4,
    lingerMs: 250,
    bytesOf: photoBytes,
    send,
  })
}

/** About how large a photo is in a request, in bytes: no less than it is. */
export function photoBytes(photo: NewPhotoInput): number {
  const { hotpreview_base64, coldpreview_base64, ...words } = photo
  const previews = hotpreview_base64.length + (coldpreview_base64?.length ?? 0)
  const bytesPerCharacter = 3
  return previews + bytesPerCharacter * JSON.stringify(words).length + 1000
}

/** A batch that is refused as a whole is sent again in halves, until what is wrong is alone. */
async function sendPhotos(
  create: (photos: readonly NewPhotoInput[]) => Promise<EggBatchResult>,
  photos: readonly NewPhotoInput[],
): Promise<Delivered[]> {
  try {
    const answer = await create(photos)
    return photos.map((_, index) => deliveredIn(answer, index))
  } catch (error) {
    if (!(error instanceof ApiError) || concernsTheCaller(error)) throw error
    if (photos.length === 1) return [refusal(error.problem)]
    const middle = Math.ceil(photos.length / 2)
    const first = await sendPhotos(create, photos.slice(0, middle))
    return [...first, ...(await sendPhotos(create, photos.slice(middle)))]
  }
}

/** Whether an error says something about the caller or the server, not about the file that was sent. */
export function concernsTheCaller(error: ApiError): boolean {
  return [401, 403, 404, 429, 502, 503, 504].includes(error.status)
}

function deliveredIn(answer: EggBatchResult, index: number): Delivered {
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
export function refusal({ code, detail, errors }: Refused): Extract<Verdict, { status: 'refused' }> {
  const first = errors?.[0]
  return { status: 'refused', code, detail: first ? `${detail} (${first.path}: ${first.message})` : detail }
}
