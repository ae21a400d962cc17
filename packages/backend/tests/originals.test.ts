import type { ListMeta, OriginalsOfPhoto, StorageVolume } from '@imalink/contract'
import { beforeEach, describe, expect, test } from 'vitest'
import { anEgg, sha256 } from './an-egg.ts'
import { ALICE, BOB, testApp } from './test-app.ts'

const app = await testApp()
const [alice, bob] = [await app.as(ALICE), await app.as(BOB)]
const path = '/api/v1/originals'

beforeEach(async () => {
  await app.emptyLibrary()
  await app.db.deleteFrom('volumes').execute()
})

interface Page<T> {
  readonly data: T[]
  readonly meta: ListMeta
}

async function listed(query = ''): Promise<Page<OriginalsOfPhoto>> {
  const reply = await alice.get(path + query)
  expect(reply.status).toBe(200)
  return reply.body as Page<OriginalsOfPhoto>
}

const namesWith = async (copies: string) =>
  (await listed(`?copies=${copies}`)).data.map((photo) => photo.primary_filename)

/** A photo of these originals, each as `[bytes, volume, path]`. */
async function photoOf(name: string, originals: readonly (readonly [string, string, string])[]) {
  const image_files = originals.map(([bytes, volume, file_path]) => ({
    filename: `${name}.jpg`,
    volume,
    file_path,
    file_sha256: sha256(`${name} ${bytes}`),
  }))
  const { file_sha256: _bytes, ...egg } = anEgg({ seed: name })
  return alice.create({ ...egg, image_files })
}

describe('originals', () => {
  test('are listed with their photo and every place they are known to be, without what was read from them', async () => {
    const { id, hothash } = await photoOf('one', [['jpeg', 'nas', '/p/one.jpg']])
    await alice.post(`/api/v1/photos/${id}/files`, {
      filename: 'one.jpg',
      volume: 'card',
      file_path: '/dcim/one.jpg',
      file_size: 5,
      file_sha256: sha256('one jpeg'),
      exif_dict: { Make: 'Pinhole' },
    })

    const { data, meta } = await listed()

    expect(data).toMatchObject([
      {
        id,
        hothash,
        primary_filename: 'one.jpg',
        copies: 2,
        files: [
          { volume: 'nas', file_path: '/p/one.jpg' },
          { volume: 'card', file_path: '/dcim/one.jpg', file_size: 5 },
        ],
      },
    ])
    expect(meta.total).toBe(1)
    expect(data[0]?.files[1]).not.toHaveProperty('exif_dict')
  })

  test('of a photo that lies in very many places are its first hundred', async () => {
    const places = Array.from({ length: 110 }, (_, number) => `/copy ${number}/one.jpg`)
    const { id } = await photoOf('one', [['jpeg', 'nas', '/p/one.jpg']])
    await photoOf('two', [['jpeg', 'nas', '/p/two.jpg']])
    for (const file_path of places)
      await alice.post(`/api/v1/photos/${id}/files`, {
        ...{ filename: 'one.jpg', volume: 'nas', file_path, file_sha256: sha256('one jpeg') },
      })

    const { data } = await listed()

    expect(data.map(({ copies, files }) => [copies, files.length])).toEqual([
      [111, 100],
      [1, 1],
    ])
    const known = await alice.post('/api/v1/photos/known', { file_sha256s: [sha256('one jpeg')] })
    expect(known.body).toMatchObject({ file_sha256s: { [sha256('one jpeg')]: { id } } })
  })

  test('are told apart by how many copies are known; the rarest original of a photo decides', async () => {
    await photoOf('nowhere', [['jpeg', '', '']])
    await photoOf('once', [['jpeg', 'nas', '/p/1.jpg']])
    await photoOf('pair', [
      ['jpeg', 'nas', '/p/2.jpg'],
      ['raw', 'nas', '/p/2.cr2'],
    ])
    await photoOf('half a backup', [
      ['jpeg', 'nas', '/p/3.jpg'],
      ['jpeg', 'card', '/p/3.jpg'],
      ['raw', 'nas', '/p/3.cr2'],
    ])
    await photoOf('twice', [
      ['jpeg', 'nas', '/p/4.jpg'],
      ['jpeg', 'card', '/p/4.jpg'],
    ])
    const { file_sha256: _bytes, primary_filename: _name, ...egg } = anEgg()
    await alice.create(egg)

    expect(await namesWith('0')).toEqual(['nowhere.jpg', null])
    expect(await namesWith('1')).toEqual(['once.jpg', 'pair.jpg', 'half a backup.jpg'])
    expect(await namesWith('many')).toEqual(['twice.jpg'])
    expect((await listed()).meta.total).toBe(6)
  })

  test('come page by page, and a cursor serves the question it was made for', async () => {
    for (const name of ['a', 'b', 'c']) await photoOf(name, [['jpeg', 'nas', `/p/${name}.jpg`]])

    const first = await listed('?copies=1&limit=2')
    const cursor = first.meta.next_cursor
    const second = await listed(`?copies=1&limit=2&cursor=${cursor}`)

    expect(first.meta).toMatchObject({ total: 3, pages: 2 })
    expect(second).toMatchObject({
      data: [{ primary_filename: 'c.jpg' }],
      meta: { total: null, next_cursor: null },
    })
    expect(await alice.get(`${path}?copies=0&cursor=${cursor}`)).toMatchObject({
      status: 400,
      body: { code: 'cursor_mismatch' },
    })
  })

  test('are their owner’s alone, and none of the trash', async () => {
    const { id } = await photoOf('one', [['jpeg', 'nas', '/p/one.jpg']])
    await alice.create({ ...anEgg(), visibility: 'public' })

    expect((await bob.get(path)).body).toMatchObject({ data: [], meta: { total: 0 } })
    expect((await app.anonymous.get(path)).status).toBe(401)
    await alice.delete(`/api/v1/photos/${id}`)
    expect((await listed()).meta.total).toBe(1)
  })

  test.each(['?copies=2', '?copies=', '?copy=1'])('are not asked for by %s', async (query) => {
    expect((await alice.get(path + query)).status).toBe(422)
  })
})

describe('volumes', () => {
  const volumes = `${path}/volumes`
  const list = async (owner = alice) => ((await owner.get(volumes)).body as Page<StorageVolume>).data

  test('appear by themselves when a file record names them, once', async () => {
    const { id } = await photoOf('one', [['jpeg', 'nas', '/p/one.jpg']])
    await photoOf('two', [['jpeg', 'nas', '/p/two.jpg']])
    await photoOf('three', [['jpeg', '', 'three.jpg']])
    await alice.post(`/api/v1/photos/${id}/files`, {
      filename: 'one.jpg',
      volume: 'card',
      file_path: '/one.jpg',
    })

    expect(await list()).toMatchObject([
      { volume: 'nas', label: null, kind: null, serial: null },
      { volume: 'card', label: null, kind: null, serial: null },
    ])
    expect(await list(bob)).toEqual([])
  })

  test('are described, and file records go on naming them as they do', async () => {
    await photoOf('one', [['jpeg', '1234-ABCD', '/p/one.jpg']])
    const [appeared] = await list()

    const reply = await alice.put(`${volumes}/${appeared?.id}`, { label: 'Blue disk', kind: 'external' })

    expect(reply).toMatchObject({
      status: 200,
      body: { id: appeared?.id, volume: '1234-ABCD', label: 'Blue disk', kind: 'external', serial: null },
    })
    await photoOf('two', [['jpeg', '1234-ABCD', '/p/two.jpg']])
    expect(await list()).toEqual([reply.body])
  })

  test('are made by hand with a serial or a label to be named by', async () => {
    const [bySerial, byLabel] = [
      await alice.post(volumes, { label: 'Blue disk', kind: 'external', serial: '1234-ABCD' }),
      await alice.post(volumes, { label: 'Attic' }),
    ]

    expect(bySerial).toMatchObject({ status: 201, body: { volume: '1234-ABCD', label: 'Blue disk' } })
    expect(byLabel).toMatchObject({ status: 201, body: { volume: 'Attic', serial: null } })
    expect(await alice.post(volumes, { label: 'Attic' })).toMatchObject({
      status: 409,
      body: { code: 'volume_taken' },
    })
    expect((await bob.post(volumes, { label: 'Attic' })).status).toBe(201)
  })

  test.each([[{}], [{ kind: 'external' }], [{ label: '' }], [{ label: 'a', id: 1 }]])(
    'are not made of %j',
    async (body) => {
      expect((await alice.post(volumes, body)).status).toBe(422)
    },
  )

  test("of somebody else's do not exist", async () => {
    const { id } = (await alice.post(volumes, { label: 'Attic' })).body as StorageVolume

    const [theirs, missing] = [
      await bob.put(`${volumes}/${id}`, { label: 'mine' }),
      await bob.put(`${volumes}/999999`, { label: 'mine' }),
    ]

    expect(theirs).toMatchObject({ status: 404, body: { code: 'volume_not_found' } })
    expect(missing.body).toEqual(theirs.body)
    expect(await list()).toMatchObject([{ label: 'Attic' }])
  })
})
