import { setTimeout as delay } from 'node:timers/promises'
import { ApiError, type EggLayer, type Server, UnreachableError, call, layEgg } from '@imalink/client'
import { type NewPhotoInput, endpoints } from '@imalink/contract'
import { madePicture } from './made-pictures.ts'
import { sha256 } from './photos-of.ts'
import { sideBySide } from './side-by-side.ts'

const CONNECTIONS = 4
const RETRY_MS = 20

/** A photo as a client of its own would send it, tags and file record included. */
export type Posted = NewPhotoInput & { readonly hothash: string; readonly tags: string[] }

/** So many different photos with tags, laid by core; those of another `first` are others, as far as they do not overlap. */
export async function layPosts(layer: EggLayer, count: number, first = 0): Promise<Posted[]> {
  const posts: Posted[] = []
  for (let number = first; number < first + count; number++) {
    const bytes = await madePicture(100_000 + number)
    const filename = `posted-${number}.jpg`
    const egg = await layEgg(
      layer,
      { bytes: new Blob([new Uint8Array(bytes)]), filename },
      { coldpreviewSize: 200 },
    )
    const image_file = { filename, file_path: `/posted/${filename}`, file_sha256: sha256(bytes) }
    posts.push({ ...egg, image_file, tags: ['posted', `number ${number}`], rating: number % 6 })
  }
  return posts
}

export interface Posting {
  /** Hothashes that the server has acknowledged so far. */
  readonly acknowledged: ReadonlySet<string>
  readonly done: Promise<void>
}

/** Posts every photo by itself into an import session, several at once, each again and again until it is acknowledged. */
export function post(server: Server, posts: readonly Posted[], sessionId: number): Posting {
  const acknowledged = new Set<string>()
  const done = sideBySide(posts, CONNECTIONS, async (body) => {
    await postUntilAcknowledged(server, { ...body, import_session_id: sessionId })
    acknowledged.add(body.hothash)
  })
  return { acknowledged, done }
}

async function postUntilAcknowledged(server: Server, body: Posted): Promise<void> {
  for (;;) {
    try {
      await call(server, endpoints.createPhoto, { body })
      return
    } catch (error) {
      const isAway = error instanceof UnreachableError || (error instanceof ApiError && error.status === 503)
      if (!isAway) throw error
      await delay(RETRY_MS)
    }
  }
}
