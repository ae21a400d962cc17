import { readFile, stat, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { call } from '@imalink/client'
import { endpoints } from '@imalink/contract'
import { expect, test } from 'vitest'
import { PASSWORD, type TestUser, sharedInstallation } from './installation.ts'
import { picture } from './pictures.ts'

const installation = sharedInstallation()

const keysOf = async (user: TestUser) => (await call(user.session, endpoints.listApiKeys, {})).data

test('keeps the key in a file and a folder that only their owner can read', async () => {
  const user = await installation.newUser()

  const { code, stdout } = await user.login()

  expect(code).toBe(0)
  expect(stdout).toContain(`Logged in to ${installation.backend.address} as ${user.username}`)
  expect((await stat(user.credentialsFile)).mode & 0o777).toBe(0o600)
  expect((await stat(dirname(user.credentialsFile))).mode & 0o777).toBe(0o700)
})

test('has a key made that may import and nothing else, and says its password to nobody', async () => {
  const user = await installation.newUser()

  const { stdout, stderr } = await user.login()

  const keys = await keysOf(user)
  expect(keys.map(({ scope }) => scope)).toEqual(['import'])
  expect(keys[0]?.name).toMatch(/^imalink on /)
  expect(stdout + stderr + (await readFile(user.credentialsFile, 'utf8'))).not.toContain(PASSWORD.trim())
})

test('revokes the key of an earlier login when it makes another', async () => {
  const user = await installation.newUser()
  await user.login()
  const [old] = await keysOf(user)

  await user.login()

  const keys = await keysOf(user)
  expect(keys).toHaveLength(1)
  expect(keys[0]?.id).not.toBe(old?.id)
})

test('says in a sentence that the password is wrong, and keeps nothing', async () => {
  const user = await installation.newUser()
  const { address } = installation.backend

  const args = ['login', '--server', address, '--user', user.username, '--password-stdin']
  const { code, stderr } = await user.run(args, 'wrong password\n')

  expect(code).toBe(4)
  expect(stderr).toBe('Wrong name or password.\n')
  await expect(stat(user.credentialsFile)).rejects.toThrow('ENOENT')
})

test('says in a sentence that there is no server, no terminal to ask on, no such address', async () => {
  const user = await installation.newUser()

  const away = await user.run(
    ['login', '--server', 'http://127.0.0.1:1', '--user', 'me', '--password-stdin'],
    'secret\n',
  )
  const asks = await user.run(['login', '--server', installation.backend.address])
  const odd = await user.run(['login', '--server', 'http://', '--user', 'me', '--password-stdin'], 'secret\n')

  expect(away).toMatchObject({
    code: 4,
    stderr: 'The server at 127.0.0.1:1 does not answer; is it running?\n',
  })
  expect(asks.code).toBe(2)
  expect(asks.stderr).toContain('no terminal to ask on')
  expect(odd.code).toBe(2)
  expect(odd.stderr).toContain('is no server address')
})

test('tells who is logged in, and where', async () => {
  const user = await installation.newUser()
  await user.login()

  const { code, stdout } = await user.run(['status', '--json'])

  expect(code).toBe(0)
  expect(JSON.parse(stdout)).toMatchObject({
    server: installation.backend.address,
    username: user.username,
    core: { reachable: true },
  })
})

test('lists the latest imports with what became of their files', async () => {
  const user = await installation.newUser()
  await user.login()
  const before = await user.run(['status'])
  await writeFile(join(user.folder, 'a.jpg'), await picture(1))
  await writeFile(join(user.folder, 'words.jpg'), 'no picture')
  await user.run(['import', '--title', 'Summer', user.folder])
  await user.run(['import', user.folder])

  const [text, json] = await Promise.all([user.run(['status']), user.run(['status', '--json'])])

  expect(before.stdout).toContain('No imports yet.')
  const lines = text.stdout.split('\n').filter((line) => line.includes('completed'))
  expect(lines).toHaveLength(2)
  expect(lines[0]).toMatch(/2 files, 0 new, 1 known, 1 refused {2}.+Photos$/)
  expect(lines[1]).toMatch(/2 files, 1 new, 0 known, 1 refused {2}Summer$/)
  const { imports } = JSON.parse(json.stdout) as { imports: object[] } // As the command's help describes it.
  expect(imports).toMatchObject([
    { created_photos: 0, known_files: 1, failed_files: 1 },
    { title: 'Summer', created_photos: 1 },
  ])
})

test('forgets the key at logout and tells that it is still valid', async () => {
  const user = await installation.newUser()
  await user.login()

  const { code, stdout } = await user.run(['logout'])

  expect(code).toBe(0)
  expect(stdout).toContain('still valid')
  expect(await keysOf(user)).toHaveLength(1)
  expect(await user.run(['status'])).toMatchObject({
    code: 4,
    stderr: 'You are not logged in: run `npm run imalink -- login` first.\n',
  })
})

test('has the server forget the key too when it is told to', async () => {
  const user = await installation.newUser()
  await user.login()

  const { code } = await user.run(['logout', '--revoke', '--password-stdin'], `${PASSWORD}\n`)

  expect(code).toBe(0)
  expect(await keysOf(user)).toEqual([])
})

test('explains its commands, its exit codes and what the server machine can do besides', async () => {
  const user = await installation.newUser()

  const all = await user.run(['--help'])
  const importing = await user.run(['import', '--help'])

  expect(all.stdout).toContain('admin reset-password <user>')
  expect(importing.stdout).toMatch(/130\s+interrupted/)
  expect(importing.stdout).not.toContain('[]')
  expect([all.code, importing.code]).toEqual([0, 0])
})
