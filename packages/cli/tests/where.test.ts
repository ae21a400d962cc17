import { copyFile, mkdir, rm, symlink, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { call } from '@imalink/client'
import { endpoints } from '@imalink/contract'
import { beforeEach, expect, test } from 'vitest'
import { type TestUser, sharedInstallation } from './installation.ts'
import { picture } from './pictures.ts'

interface Where {
  readonly photos: readonly {
    readonly photo: string
    readonly found_by: string
    readonly in_trash: boolean
    readonly originals: readonly { readonly file_path: string; readonly presence: string }[] | null
  }[]
}

const installation = sharedInstallation()
let user: TestUser

/** Somebody with one picture in two places. */
beforeEach(async () => {
  user = await installation.loggedInUser()
  await mkdir(join(user.folder, 'copy'))
  await writeFile(join(user.folder, 'a.jpg'), await picture(1))
  await copyFile(join(user.folder, 'a.jpg'), join(user.folder, 'copy', 'b.jpg'))
  expect(await user.run(['import', '--volume', 'Blue disk', user.folder])).toMatchObject({ code: 0 })
})

async function where(meant: string): Promise<Where> {
  return JSON.parse((await user.run(['where', '--json', meant])).stdout) as Where // What it holds is what the tests find out.
}

async function thePhoto() {
  const { data } = await call(user.session, endpoints.listPhotos, {})
  const [photo] = data
  if (photo === undefined) throw new Error('There is no photo')
  return photo
}

const places = ({ photos: [photo] }: Where) =>
  Object.fromEntries(photo?.originals?.map(({ file_path, presence }) => [file_path, presence]) ?? [])

test('lists every place of a photo by its id, its hothash and the path of an original', async () => {
  const { id, hothash } = await thePhoto()
  const both = { [join(user.folder, 'a.jpg')]: 'here', [join(user.folder, 'copy/b.jpg')]: 'here' }

  const answers = await Promise.all([where(String(id)), where(hothash), where('copy/b.jpg')])

  expect(answers.map(places)).toEqual([both, both, both])
  expect(answers.map(({ photos }) => photos[0]?.found_by)).toEqual(['id', 'hothash', 'content'])
})

test('finds a photo by a copy that was never imported', async () => {
  await copyFile(join(user.folder, 'a.jpg'), join(user.folder, 'third.jpg'))

  expect((await where('third.jpg')).photos).toMatchObject([{ photo: String((await thePhoto()).id) }])
})

test('finds a photo by folder and name when its file is gone, and says what is there now', async () => {
  await rm(join(user.folder, 'a.jpg'))
  await utimes(join(user.folder, 'copy', 'b.jpg'), 1, 1)

  const answer = await where('a.jpg')

  expect(answer.photos).toMatchObject([{ found_by: 'name' }])
  expect(places(answer)).toEqual({
    [join(user.folder, 'a.jpg')]: 'missing',
    [join(user.folder, 'copy/b.jpg')]: 'changed',
  })
})

test('knows a file by its time, whatever fraction of a second that has, and however old it is', async () => {
  const path = join(user.folder, 'old.jpg')
  await writeFile(path, await picture(2))
  await utimes(path, -1.0005, -1.0005)
  await user.run(['import', user.folder])

  expect(places(await where(path))).toEqual({ [path]: 'here' })
})

test('finds a photo by its folder and name also where a link leads to the folder', async () => {
  const link = join(user.folder, '..', `link-${Date.now()}`)
  await symlink(user.folder, link)
  await rm(join(user.folder, 'a.jpg'))

  const { photos } = await where(join(link, 'a.jpg'))
  await rm(link)

  expect(photos).toMatchObject([{ photo: String((await thePhoto()).id), found_by: 'name' }])
})

test('does not look for a place that is told only within a folder, as browsers tell it', async () => {
  const { id } = await thePhoto()
  const { file_sha256 } =
    (await call(user.session, endpoints.listPhotoFiles, { params: { ref: String(id) } })).data[0] ?? {}
  const body = { filename: 'b.jpg', file_path: 'copy/b.jpg', file_sha256: file_sha256 ?? null }
  await call(user.session, endpoints.addPhotoFile, { params: { ref: String(id) }, body })

  expect(places(await where('a.jpg'))).toMatchObject({ 'copy/b.jpg': 'unknown' })
})

test('tells a person the disk, the size and the date of each', async () => {
  const { code, stdout } = await user.run(['where', 'a.jpg'])

  expect(code).toBe(0)
  expect(stdout).toMatch(/^Photo \d+: 2 originals$/m)
  expect(stdout).toMatch(
    new RegExp(`^ {2}here +${join(user.folder, 'a.jpg')}\\n +disk Blue disk, [\\d,]+ bytes, of \\d{4}-`, 'm'),
  )
})

test('finds a file whose name is not UTF-8 by the way it is shown', async () => {
  const name = Buffer.concat([Buffer.from(`${user.folder}/`), Buffer.from([0x66, 0xff]), Buffer.from('.jpg')])
  await writeFile(name, await picture(2))
  await user.run(['import', user.folder])

  const answer = await where(join(user.folder, 'f\uFFFD.jpg'))

  expect(places(answer)).toEqual({ [join(user.folder, 'f\uFFFD.jpg')]: 'here' })
})

test('says so of a photo in the trash', async () => {
  const { id } = await thePhoto()
  await call(user.session, endpoints.deletePhoto, { params: { ref: String(id) } })

  expect((await where('a.jpg')).photos).toMatchObject([{ in_trash: true, originals: null }])
})

test('says in one sentence that there is no such photo', async () => {
  await writeFile(join(user.folder, 'new.jpg'), await picture(3))
  await writeFile(join(user.folder, 'a.xmp'), '<x/>')

  const ends = await Promise.all(
    ['new.jpg', 'nothing.jpg', 'a.xmp', '999999', 'f'.repeat(64), '.'].map((meant) =>
      user.run(['where', meant]),
    ),
  )

  expect(ends.map(({ code, stderr }) => [code, stderr])).toEqual([
    [1, `${join(user.folder, 'new.jpg')} is not imported yet.\n`],
    [1, `No photo of yours has an original ${join(user.folder, 'nothing.jpg')}.\n`],
    [1, `${join(user.folder, 'a.xmp')} is a side-car, no original of its own: ask for its photo.\n`],
    [1, 'You have no photo 999999.\n'],
    [1, `You have no photo ${'f'.repeat(64)}.\n`],
    [1, `${user.folder} is not a file.\n`],
  ])
})
