import { beforeEach, describe, expect, test } from 'vitest'
import { anEgg, sha256 } from './an-egg.ts'
import { ALICE, BOB, type Account, testApp } from './test-app.ts'

const app = await testApp()
beforeEach(app.emptyLibrary)

const ask = (who: Account, body: object) => who.post('/api/v1/photos/known', body)

test('finds own photos by hothash and by the bytes of their originals', async () => {
  const alice = await app.as(ALICE)
  const egg = anEgg({ file_sha256: sha256('the original') })
  const { id } = await alice.create(egg)
  const unknown = sha256('unknown')

  const reply = await ask(alice, {
    hothashes: [egg.hothash, unknown, egg.hothash],
    file_sha256s: [sha256('the original'), unknown],
  })

  expect(reply.status).toBe(200)
  expect(reply.body).toEqual({
    hothashes: { [egg.hothash]: { id, in_trash: false } },
    file_sha256s: { [sha256('the original')]: { id, hothash: egg.hothash, in_trash: false } },
    names: [],
  })
})

test('says which of them lie in the trash', async () => {
  const alice = await app.as(ALICE)
  const bytes = sha256('the original')
  const egg = anEgg({ file_sha256: bytes, image_file: { filename: 'a.jpg', file_path: '/p/a.jpg' } })
  const { id } = await alice.create(egg)
  await alice.delete(`/api/v1/photos/${id}`)

  const reply = await ask(alice, {
    hothashes: [egg.hothash],
    file_sha256s: [bytes],
    names: [{ folder: '/p', stem: 'a' }],
  })

  expect(reply.body).toMatchObject({
    hothashes: { [egg.hothash]: { in_trash: true } },
    file_sha256s: { [bytes]: { in_trash: true } },
    names: [[{ id, in_trash: true }]],
  })
})

test("knows nothing of other people's photos, however open they are", async () => {
  const [alice, bob] = [await app.as(ALICE), await app.as(BOB)]
  const egg = anEgg({ visibility: 'public', image_file: { filename: 'a.jpg', file_path: '/p/a.jpg' } })
  await alice.create(egg)

  const reply = await ask(bob, {
    hothashes: [egg.hothash],
    file_sha256s: [egg.file_sha256],
    names: [{ folder: '/p', stem: 'a' }],
  })

  expect(reply.body).toEqual({ hothashes: {}, file_sha256s: {}, names: [[]] })
})

describe('by name', () => {
  const at = (file_path: string, volume?: string) => {
    const filename = file_path.slice(file_path.lastIndexOf('/') + 1)
    return anEgg({ image_file: { filename, file_path, ...(volume ? { volume } : {}) } })
  }
  const stored = async (...places: [path: string, volume?: string][]) => {
    const alice = await app.as(ALICE)
    const ids: number[] = []
    for (const place of places) ids.push((await alice.create(at(...place))).id)
    return { alice, ids }
  }
  const idsOf = async (who: Account, name: object) => {
    const { body } = await ask(who, { names: [name] })
    return (body as { names: { id: number }[][] }).names[0]?.map(({ id }) => id)
  }

  test('finds the partner of a RAW, with its files', async () => {
    const { alice, ids } = await stored(['/p/IMG_1.JPG', 'card'])

    const reply = await ask(alice, { names: [{ folder: '/p', stem: 'IMG_1' }] })

    expect(reply.body).toMatchObject({
      names: [
        [{ id: ids[0], files: [{ filename: 'IMG_1.JPG', file_path: '/p/IMG_1.JPG', volume: 'card' }] }],
      ],
    })
  })

  test('answers in the order of the questions', async () => {
    const { alice, ids } = await stored(['/p/a.jpg'], ['/p/b.jpg'])

    const names = ['b', 'nowhere', 'a'].map((stem) => ({ folder: '/p', stem }))
    const reply = await ask(alice, { names })

    expect(reply.body).toMatchObject({ names: [[{ id: ids[1] }], [], [{ id: ids[0] }]] })
  })

  test('keeps folders, volumes and longer names apart', async () => {
    const { alice, ids } = await stored(
      ['/p/a.jpg', 'one'],
      ['/p/a.jpg', 'two'],
      ['/p/sub/a.jpg', 'one'],
      ['/p/ab.jpg', 'one'],
      ['/p/a-1.jpg', 'one'],
      ['/p/a.edited.jpg', 'one'],
    )

    expect(await idsOf(alice, { folder: '/p', stem: 'a' })).toEqual(ids.slice(0, 2))
    expect(await idsOf(alice, { folder: '/p/', stem: 'a', volume: 'two' })).toEqual([ids[1]])
    expect(await idsOf(alice, { folder: '/p', stem: 'a', volume: '' })).toEqual([])
  })

  test.each([
    ['img_1', 'IMG_1'],
    ['IMG_1', 'img_1'],
    ['Ærø', 'Ærø'],
    ['ÅSE', 'åse'],
    ['åse', 'A\u030aSE'],
    ['50%_off', '50%_off'],
    ['a\\b', 'a\\b'],
    ['v1.2', 'v1.2'],
  ])('finds %s when asked for %s', async (name, stem) => {
    const { alice, ids } = await stored([`/p/${name}.jpg`])

    expect(await idsOf(alice, { folder: '/p', stem })).toEqual(ids)
  })

  test.each([
    ['C:\\Photos\\IMG_1.JPG', 'C:\\Photos'],
    ['C:\\IMG_1.JPG', 'C:\\'],
    ['\\\\nas\\photos\\IMG_1.JPG', '\\\\nas\\photos'],
  ])('finds %s of Windows when asked for what is in %s', async (file_path, folder) => {
    const alice = await app.as(ALICE)
    const { id } = await alice.create(anEgg({ image_file: { filename: 'IMG_1.JPG', file_path } }))

    expect(await idsOf(alice, { folder, stem: 'IMG_1' })).toEqual([id])
  })

  test.each(['I_G_1', '%', 'IMG', 'IMG_1.JPG', 'IMG_1.1', 'ÆMG_1'])(
    'takes %s for no pattern and no beginning',
    async (stem) => {
      const { alice } = await stored(['/p/IMG_1.JPG'])

      expect(await idsOf(alice, { folder: '/p', stem })).toEqual([])
    },
  )
})

test('answers a thousand questions at once and refuses one more', async () => {
  const alice = await app.as(ALICE)
  const egg = anEgg()
  await alice.create(egg)
  const hashes = Array.from({ length: 400 }, (_, n) => sha256(`question ${n}`))
  const names = Array.from({ length: 199 }, (_, n) => ({ folder: '/p', stem: `question ${n}` }))
  const asked = { hothashes: [egg.hothash, ...hashes], file_sha256s: hashes, names }

  const reply = await ask(alice, asked)
  const tooMany = await ask(alice, { ...asked, names: [...names, { folder: '/', stem: 'more' }] })

  expect(reply).toMatchObject({ status: 200, body: { hothashes: { [egg.hothash]: {} }, file_sha256s: {} } })
  expect((reply.body as { names: unknown[] }).names).toHaveLength(199)
  expect(tooMany).toMatchObject({ status: 422, body: { code: 'validation_failed' } })
})

test('refuses a hash that is none, and fields that do not exist', async () => {
  const alice = await app.as(ALICE)

  const noHash = await ask(alice, { hothashes: ['ABC'] })
  const noField = await ask(alice, { hashes: [] })

  expect(noHash).toMatchObject({ status: 422, body: { code: 'validation_failed' } })
  expect(noField).toMatchObject({ status: 422, body: { code: 'unknown_field' } })
})

test('answers nobody in particular', async () => {
  const reply = await app.anonymous.post('/api/v1/photos/known', {})

  expect(reply).toMatchObject({ status: 401, body: { code: 'credentials_required' } })
})
