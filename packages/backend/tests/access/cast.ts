import { createHmac, randomUUID } from 'node:crypto'
import { type Tokens, endpoints } from '@imalink/contract'
import { call } from '@imalink/client'
import { anEgg, sha256, withColdpreview } from '../an-egg.ts'
import { type Caller, type Person, browserAt, callerAt, cookieFrom, type testApp } from '../test-app.ts'
import type { Guarded, Level, Onlooker } from './rules.ts'

type App = Awaited<ReturnType<typeof testApp>>

/** Somebody who asks, with the credential they ask with. */
export interface Viewer extends Onlooker {
  readonly name: string
  readonly caller: Caller
}

export interface CastPhoto extends Guarded {
  /** In words, for the name of a test. */
  readonly name: string
  readonly id: number
  readonly hothash: string
  /** Each dated photo has a year of its own, so that a bucket stands for one photo; null for the undated. */
  readonly year: number | null
  /** `anEgg` makes the same picture of it again. */
  readonly seed: string
  readonly fileSha256: string
  readonly folder: string
  /** Texts and numbers in it that its owner alone may read, as they would stand in an answer. */
  readonly secrets: readonly string[]
}

/** Whose photos they are. */
export const OWNER = 'olivia'
const levels: readonly Level[] = ['private', 'space', 'authenticated', 'public']
const firstYear = 1950

const person = (username: string): Person => ({
  username,
  email: `${username}@example.org`,
  password: `the password of ${username}`,
})

/** Photos of every level, live and in the trash, dated and undated, and everybody who may ask for them. */
export async function assemble(app: App) {
  // The first account of an installation is its administrator.
  const administrator = await app.as(person('ada'))
  const owner = await app.as(person(OWNER))
  const other = await app.as(person('otto'))
  const member = await app.as(person('mia'))
  const former = await app.as(person('fred'))
  const invited = await app.as(person('ivan'))
  const session = await call(owner.server, endpoints.createImportSession, {
    body: { title: 'secret holiday', source_path: '/secret/source' },
  })

  const volume = await call(owner.server, endpoints.createVolume, { body: { label: 'secret disk' } })
  const author = await call(owner.server, endpoints.createAuthor, { body: { name: 'secret friend' } })
  const tagged = await owner.create(anEgg({ seed: 'tagged for a moment', tags: ['secret tag'] }))
  await owner.delete(`/api/v1/photos/${tagged.id}?permanent=true`)
  const { data: tags } = await call(owner.server, endpoints.listTags, {})
  const search = await call(owner.server, endpoints.createSavedSearch, {
    body: { name: 'secret wish', search_criteria: {} },
  })
  const oldKey = await call(owner.server, endpoints.createApiKey, { body: { name: 'secret', scope: 'full' } })

  const photos: CastPhoto[] = []
  for (const level of levels)
    for (const inTrash of [false, true])
      for (const isDated of [true, false]) photos.push(await pose({ level, inTrash, isDated }))

  async function pose({ level, inTrash, isDated }: { level: Level; inTrash: boolean; isDated: boolean }) {
    const number = photos.length
    const year = isDated ? firstYear + number : null
    const secrets = secretsOf(number)
    const [seed, folder] = [`picture ${number}`, `/secret/folder-${number}`]
    const egg = withColdpreview(
      anEgg({
        seed,
        visibility: level,
        taken_at: year === null ? null : `${year}-06-15T12:00:00`,
        metadata: { gps_latitude: secrets.latitude, gps_longitude: 10.5 },
        exif_dict: { SerialNumber: secrets.serial },
        primary_filename: secrets.filename,
        import_session_id: session.id,
        image_file: {
          filename: secrets.filename,
          file_path: `${folder}/${secrets.filename}`,
          file_sha256: sha256(secrets.serial),
        },
        file_sha256: sha256(secrets.serial),
      }),
    )
    const { id, hothash } = await owner.create(egg)
    if (inTrash) await owner.delete(`/api/v1/photos/${id}`)
    const name = `${inTrash ? 'trashed ' : ''}${isDated ? '' : 'undated '}${level} photo`
    const texts = [secrets.filename, secrets.serial, String(secrets.latitude), folder]
    return {
      ...{ name, owner: OWNER, level, inTrash, id, hothash, year, folder, secrets: texts },
      ...{ seed, fileSha256: sha256(secrets.serial) },
    }
  }

  const stacked = photos.filter(({ inTrash }) => inTrash)
  for (const { id } of stacked) await owner.post(`/api/v1/photos/${id}/restore`)
  const { stack } = await call(owner.server, endpoints.createStack, {
    body: { stack_type: 'other', photo_hothashes: photos.map(({ hothash }) => hothash) },
  })

  const space = await call(owner.server, endpoints.createSpace, { body: { name: 'secret club' } })
  const invite = async (username: string) =>
    call(owner.server, endpoints.inviteToSpace, {
      params: { id: space.id },
      body: { username, role: 'editor' },
    })
  for (const one of [member, former]) {
    const { id } = await invite(one.tokens.user.username)
    await call(one.server, endpoints.acceptInvitation, { params: { id } })
  }
  const invitation = await invite('ivan')
  await owner.post(`/api/v1/spaces/${space.id}/photos`, { photos: photos.map(({ hothash }) => hothash) })
  for (const { id } of stacked) await owner.delete(`/api/v1/photos/${id}`)
  await call(former.server, endpoints.removeSpaceMember, { params: { id: space.id, user_id: 'me' } })

  const collection = await call(owner.server, endpoints.createCollection, {
    body: { name: 'secret heap' },
  })
  const shown = await call(owner.server, endpoints.createCollection, {
    body: {
      name: 'open heap',
      visibility: 'public',
      hothashes: photos.filter(({ inTrash }) => !inTrash).map(({ hothash }) => hothash),
    },
  })

  const draft = await call(owner.server, endpoints.createStory, { body: { title: 'secret draft' } })
  const live = photos.filter(({ inTrash }) => !inTrash)
  await call(owner.server, endpoints.createStory, {
    body: {
      title: 'open story',
      visibility: 'public',
      is_published: true,
      content: {
        version: '1',
        blocks: live.map(({ hothash }) => ({ type: 'image' as const, hash: hothash })),
      },
    },
  })

  const edit = await call(owner.server, endpoints.editPhotos, {
    body: { photos: [photos[0]?.id ?? 0], set: { description: 'edited' } },
  })

  const [params, body] = [{ id: session.id }, { status: 'completed' as const }]
  await call(owner.server, endpoints.updateImportSession, { params, body })

  const as = (
    account: string | null,
    name: string,
    caller: Caller,
    right: Onlooker['right'] = 'everything',
  ) => ({
    ...{ name, account, caller, right },
  })
  const key = (who: typeof owner, scope: 'read' | 'import') => keyOf(app, who.server, scope)
  const viewers: readonly Viewer[] = [
    as(OWNER, 'the owner', owner),
    as(OWNER, "the owner's browser", await browserOf(app, person(OWNER))),
    as(OWNER, 'a read-only key of the owner', await key(owner, 'read'), 'read'),
    as(OWNER, 'an import key of the owner', await key(owner, 'import'), 'import'),
    as(OWNER, 'a revoked key of the owner', await revokedKeyOf(app, owner.server), 'refused'),
    as(OWNER, 'an expired token of the owner', expiredTokenOf(app, owner.tokens), 'refused'),
    as('otto', 'another user', other),
    as('otto', "another user's read-only key", await key(other, 'read'), 'read'),
    { ...as('mia', 'a member of the space', member), isMember: true },
    { ...as('mia', "a member's read-only key", await key(member, 'read'), 'read'), isMember: true },
    as('fred', 'a former member of the space', former),
    as('ivan', 'somebody invited to the space', invited),
    as('ada', 'the administrator', administrator),
    as(null, 'nobody in particular', app.anonymous),
  ]
  const { data: sessions } = await call(owner.server, endpoints.listSessions, {})
  const sessionId = sessions.find(({ is_current }) => !is_current)?.id
  const ids = {
    undoToken: edit.undo_token,
    draftId: draft.id,
    spaceId: space.id,
    collectionId: collection.id,
    shownId: shown.id,
    invitationId: invitation.id,
    ownerId: owner.id,
    stackId: stack?.id ?? 0,
    tagId: tags[0]?.id,
    volumeId: volume.id,
    authorId: author.id,
    searchId: search.id,
    keyId: oldKey.id,
    sessionId,
  }
  return { owner, session, ...ids, photos, viewers }
}

export type Cast = Awaited<ReturnType<typeof assemble>>

function secretsOf(number: number) {
  return {
    filename: `secret-name-${number}-${randomUUID()}.jpg`,
    serial: `serial-${randomUUID()}`,
    latitude: 40.1234567 + number,
  }
}

async function keyOf(app: App, server: Caller['server'], scope: 'read' | 'import'): Promise<Caller> {
  const { key } = await call(server, endpoints.createApiKey, { body: { name: scope, scope } })
  return callerAt(app.origin, key)
}

async function revokedKeyOf(app: App, server: Caller['server']): Promise<Caller> {
  const { id, key } = await call(server, endpoints.createApiKey, { body: { name: 'old', scope: 'full' } })
  await call(server, endpoints.deleteApiKey, { params: { id } })
  return callerAt(app.origin, key)
}

async function browserOf(app: App, { username, password }: Person): Promise<Caller> {
  const browser = { 'user-agent': 'a secret browser' }
  const reply = await app.anonymous.post('/api/v1/auth/login', { username, password }, browser)
  return browserAt(app.origin, cookieFrom(reply) ?? '')
}

/** As a token of theirs is half an hour later. */
function expiredTokenOf(app: App, { access_token }: Tokens): Caller {
  const [header = '', payload = ''] = access_token.split('.')
  const claims = JSON.parse(Buffer.from(payload, 'base64url').toString()) as object // Made by the server.
  const over = { ...claims, exp: Math.floor(Date.now() / 1000) - 1 }
  const signed = `${header}.${Buffer.from(JSON.stringify(over)).toString('base64url')}`
  const signature = createHmac('sha256', app.config.secret).update(signed).digest('base64url')
  return callerAt(app.origin, `${signed}.${signature}`)
}
