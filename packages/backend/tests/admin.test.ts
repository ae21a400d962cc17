import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { describe, expect, test } from 'vitest'
import { ALICE, BOB, browserAt, callerAt, cookieFrom, testApp } from './test-app.ts'

const app = await testApp()

const program = join(import.meta.dirname, '../src/admin.ts')

/** Runs the administrator's program on the test's installation, beside its running server. */
async function admin(args: readonly string[], input = '', installation = app) {
  const child = spawn(process.execPath, [program, ...args], {
    env: {
      PATH: process.env['PATH'],
      IMALINK_DATA: installation.folder,
      DATABASE_URL: installation.config.databaseUrl,
      IMALINK_SECRET: installation.config.secret,
    },
  })
  child.stdin.on('error', () => undefined).end(input)
  const exited = new Promise<number | null>((resolve) => child.once('close', resolve))
  const [stdout, stderr, code] = await Promise.all([text(child.stdout), text(child.stderr), exited])
  return { stdout, stderr, code }
}

const login = (username: string, password: string) =>
  app.anonymous.post('/api/v1/auth/login', { username, password })

describe('reset-password', () => {
  test('prints a password that works, and signs the account out everywhere', async () => {
    const { tokens } = await app.as(ALICE)
    const cookie = cookieFrom(await login(ALICE.username, ALICE.password)) ?? ''

    const { stdout, code } = await admin(['reset-password', 'alice'])

    expect(code).toBe(0)
    const password = /^The new password of alice is: (\S+)\n$/.exec(stdout)?.[1] ?? ''
    expect((await login(ALICE.username, password)).status).toBe(200)
    expect((await login(ALICE.username, ALICE.password)).status).toBe(401)
    expect((await callerAt(app.origin, tokens.access_token).get('/api/v1/auth/me')).status).toBe(401)
    expect((await browserAt(app.origin, cookie).get('/api/v1/auth/me')).status).toBe(401)
    const { refresh_token } = tokens
    expect((await app.anonymous.post('/api/v1/auth/refresh', { refresh_token })).status).toBe(401)
  })

  test('takes a password on standard input, finds an address in any case, and prints nothing of it', async () => {
    await app.as(BOB)

    const { stdout, code } = await admin(
      ['reset-password', 'BOB@example.org', '--password-stdin'],
      'a password of my own\n',
    )

    expect(code).toBe(0)
    expect(stdout).toBe('BOB@example.org has a new password.\n')
    expect((await login('bob', 'a password of my own')).status).toBe(200)
  })

  test('leaves the sessions of others alone', async () => {
    const carol = await app.as({ username: 'carol', email: 'carol@example.org', password: 'long enough' })
    await app.as(BOB)

    await admin(['reset-password', 'bob'])

    expect((await carol.get('/api/v1/auth/me')).status).toBe(200)
  })

  test.each([
    ['too short', 'short\n', 'at least 8 bytes'],
    ['too long for bcrypt', `${'p'.repeat(73)}\n`, '72 bytes'],
  ])('refuses a password that is %s', async (_what, input, reason) => {
    await app.as(BOB)

    const { stderr, code } = await admin(['reset-password', 'bob', '--password-stdin'], input)

    expect(code).toBe(1)
    expect(stderr).toContain(reason)
  })

  test('says so when nobody has that name', async () => {
    const { stdout, stderr, code } = await admin(['reset-password', 'nobody-here'])

    expect({ stdout, code }).toEqual({ stdout: '', code: 1 })
    expect(stderr).toBe('There is no account with the name or address "nobody-here".\n')
  })
})

describe('users', () => {
  test('lists every account and what it may do', async () => {
    const installation = await testApp()
    const [alice, bob] = [await installation.as(ALICE), await installation.as(BOB)]
    await alice.patch(`/api/v1/users/${bob.id}`, { is_active: false })

    const { stdout, code } = await admin(['users'], '', installation)

    expect(code).toBe(0)
    const day = new Date().toISOString().slice(0, 10)
    expect(stdout).toBe(
      `${alice.id}  alice  alice@example.org  ${day}  administrator\n` +
        `${bob.id}  bob  bob@example.org  ${day}  deactivated\n`,
    )
  })

  test('says that there are none yet', async () => {
    const installation = await testApp()

    expect((await admin(['users'], '', installation)).stdout).toBe('There are no accounts yet.\n')
  })
})

describe('invite', () => {
  test('prints a code that makes the first account of an installation, its administrator', async () => {
    const installation = await testApp({ IMALINK_REGISTRATION: 'invite' })

    const { stdout, code } = await admin(['invite'], '', installation)

    expect(code).toBe(0)
    const invite = /^An invitation for one account, until \d{4}-\d\d-\d\d: (\S+)\n/.exec(stdout)?.[1] ?? ''
    expect(stdout).toContain(`/register?invite=${invite}`)
    const reply = await installation.anonymous.post('/api/v1/auth/register', { ...ALICE, invite })
    expect(reply).toMatchObject({ status: 201, body: { is_admin: true } })
  })

  test('is good for as many days as are asked for', async () => {
    const { stdout } = await admin(['invite', '--days', '30'])

    const day = new Date(Date.now() + 30 * 86_400_000).toISOString().slice(0, 10)
    expect(stdout).toContain(`until ${day}:`)
  })
})

describe('make-admin', () => {
  test('makes an administrator where there is none left', async () => {
    const installation = await testApp()
    const bob = await installation.as(BOB)
    await installation.db.updateTable('users').set({ is_admin: 0, is_active: 0 }).execute()

    const { stdout, code } = await admin(['make-admin', 'BOB@example.org'], '', installation)

    expect({ stdout, code }).toEqual({ stdout: 'BOB@example.org is an administrator.\n', code: 0 })
    expect((await bob.get('/api/v1/users')).status).toBe(200)
  })

  test('says so when nobody has that name', async () => {
    const { stderr, code } = await admin(['make-admin', 'nobody-here'])

    expect(code).toBe(1)
    expect(stderr).toBe('There is no account with the name or address "nobody-here".\n')
  })
})

test.each([
  ['no command', []],
  ['an unknown command', ['make-coffee', 'alice']],
  ['no name', ['reset-password']],
  ['two names', ['reset-password', 'alice', 'bob']],
  ['an unknown option', ['reset-password', 'alice', '--force']],
  ["another command's option", ['users', '--password-stdin']],
  ['a name where none belongs', ['users', 'alice']],
  ['no number of days', ['invite', '--days', 'soon']],
  ['no days', ['invite', '--days', '0']],
  ['what every object has', ['constructor']],
])('explains itself and exits with 2 when given %s', async (_what, args) => {
  const { stdout, stderr, code } = await admin(args)

  expect({ stdout, code }).toEqual({ stdout: '', code: 2 })
  expect(stderr).toMatch(/Usage|Unknown option/)
})

test('--help explains itself and is no failure', async () => {
  const { stdout, code } = await admin(['--help'])

  expect(code).toBe(0)
  expect(stdout).toContain('reset-password <user>')
})
