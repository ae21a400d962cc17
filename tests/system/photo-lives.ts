import { ApiError, type Server, UnreachableError, authorization, call, send } from '@imalink/client'
import { endpoints } from '@imalink/contract'
import type { Posted } from './egg-poster.ts'
import { sha256 } from './photos-of.ts'

/** What a client may say of a photo that it made and changed. */
export interface State {
  readonly place: 'nowhere' | 'library' | 'trash'
  readonly title: string | null
  readonly rating: number
  /** SHA-256 of the coldpreview. */
  readonly cold: string
  /** In the order of their letters. */
  readonly tags: readonly string[]
}

/** A photo as its client knows it: one change may be on its way when the server dies, and either has come to be or not. */
export interface Life {
  readonly egg: Posted
  readonly spare: Buffer
  settled: State
  pending: State | null
}

export function newLife(egg: Posted, spare: Posted): Life {
  const cold = sha256(coldpreviewOf(egg))
  const settled: State = {
    place: 'nowhere',
    title: null,
    rating: egg.rating ?? 0,
    cold,
    tags: sorted(egg.tags ?? []),
  }
  return { egg, spare: coldpreviewOf(spare), settled, pending: null }
}

export function sorted(tags: readonly string[]): string[] {
  return [...tags].sort()
}

function coldpreviewOf(egg: Posted): Buffer {
  const base64 = 'coldpreview_base64' in egg ? egg.coldpreview_base64 : null
  if (!base64) throw new Error('core laid an egg without a coldpreview')
  return Buffer.from(base64, 'base64')
}

/** Changes lives by one request, which is known to have come to be once it is answered with a 2xx. */
async function change(lives: readonly Life[], to: Partial<State>, request: () => Promise<unknown>) {
  for (const life of lives) life.pending = { ...life.settled, ...to }
  await request()
  for (const life of lives) {
    if (life.pending) life.settled = life.pending
    life.pending = null
  }
}

type Step = (server: Server, life: Life, random: () => number) => Promise<void>

/** All that is done to a photo that is there. To widen the campaign, add a step, and to `State` what it changes. */
const steps: readonly Step[] = [
  (server, life, random) => {
    const [title, rating] = [`title ${Math.floor(random() * 1000)}`, Math.floor(random() * 6)]
    const params = { ref: life.egg.hothash }
    return change([life], { title, rating }, () =>
      call(server, endpoints.editPhoto, { params, body: { title, rating } }),
    )
  },
  (server, life) =>
    change([life], { cold: sha256(life.spare) }, () =>
      send(server, `${server.baseUrl}/photos/${life.egg.hothash}/coldpreview`, {
        method: 'PUT',
        headers: { ...authorization(server), 'content-type': 'image/jpeg' },
        body: new Uint8Array(life.spare),
      }),
    ),
  (server, life, random) => {
    const tag = `tag ${Math.floor(random() * 10)}`
    const params = { ref: life.egg.hothash }
    const tags = sorted([...life.settled.tags.filter((name) => name !== tag), tag])
    return change([life], { tags }, () =>
      call(server, endpoints.addPhotoTags, { params, body: { tags: [tag] } }),
    )
  },
  (server, life, random) => {
    const rating = Math.floor(random() * 6)
    const [gone, ...tags] = life.settled.tags
    const body = {
      photos: [life.egg.hothash],
      set: { rating },
      add_tags: ['edited'],
      ...(gone === undefined || gone === 'edited' ? {} : { remove_tags: [gone] }),
    }
    const kept = gone === 'edited' ? [gone, ...tags] : tags
    const after = sorted([...kept.filter((name) => name !== 'edited'), 'edited'])
    return change([life], { rating, tags: after }, () => call(server, endpoints.editPhotos, { body }))
  },
  async (server, life) => {
    const { title } = life.settled
    let token: string | null = null
    await change([life], { title: 'for a while' }, async () => {
      const body = { photos: [life.egg.hothash], set: { title: 'for a while' } }
      token = (await call(server, endpoints.editPhotos, { body })).undo_token
    })
    const params = { token: token ?? '' }
    await change([life], { title }, () => call(server, endpoints.undo, { params }))
  },
  (server, life) => trash(server, life),
  async (server, life) => {
    await trash(server, life)
    const params = { ref: life.egg.hothash }
    await change([life], { place: 'library' }, () => call(server, endpoints.restorePhoto, { params }))
  },
  (server, life) => {
    const params = { ref: life.egg.hothash }
    return change([life], { place: 'nowhere' }, () =>
      call(server, endpoints.deletePhoto, { params, query: { permanent: 'true' } }),
    )
  },
]

function trash(server: Server, life: Life): Promise<void> {
  const params = { ref: life.egg.hothash }
  return change([life], { place: 'trash' }, () => call(server, endpoints.deletePhoto, { params, query: {} }))
}

const STEPS_A_LIFE = 4

/** Makes these photos, by themselves or as one batch, and changes each until it leaves the library. */
export async function live(server: Server, lives: readonly Life[], random: () => number): Promise<void> {
  await make(server, lives)
  for (const life of lives) {
    for (let step = 0; step < STEPS_A_LIFE && life.settled.place === 'library'; step++)
      await steps[Math.floor(random() * steps.length)]?.(server, life, random)
  }
}

function make(server: Server, lives: readonly Life[]): Promise<void> {
  const [only] = lives
  return change(lives, { place: 'library' }, () =>
    lives.length === 1 && only
      ? call(server, endpoints.createPhoto, { body: only.egg })
      : call(server, endpoints.createPhotos, { body: { photos: lives.map(({ egg }) => egg) } }),
  )
}

/** Works until the server is gone; anything else that goes wrong is thrown. */
export async function untilGone(work: () => Promise<void>): Promise<void> {
  try {
    await work()
  } catch (error) {
    const isGone = error instanceof UnreachableError || (error instanceof ApiError && error.status === 503)
    if (!isGone) throw error
  }
}
