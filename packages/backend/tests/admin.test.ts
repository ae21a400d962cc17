import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { describe, expect, test } from 'vitest'
import { ALICE, BOB, browserAt, callerAt, cookieFrom, testApp } from './test-app.ts'

const app = await testApp()

const program = join(import.meta.dirname, '../src/admin.ts')

/** Runs the administrator's program on the test's installation, beside its running server. */
async function admin(args: readonly string[], input = '') {
  const child = spawn(process.execPath, [program, ...args], {
    env: {
      PATH: process.env['PATH'],
      IMALINK_DATA: app.folder,
      DATABASE_URL: app.config.databaseUrl,
      IMALINK_SECRET: app.config.secret,
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

test.each([
  ['no command', []],
  ['an unknown command', ['make-coffee', 'alice']],
  ['no name', ['reset-password']],
  ['two names', ['reset-password', 'alice', 'bob']],
  ['an unknown option', ['reset-password', 'alice', '--force']],
])('explains itself and exits with 2 when given %s', async (_what, args) => {
  const { stdout, stderr, code } = await admin(args)

  expect({ stdout, code }).toEqual({ stdout: '', code: 2 })
  expect(stderr).toMatch(/Usage|Unknown option/)
})

test('--help explains itself and is no failure', async () => {
  const { stdout, code } = await admin(['--help'])

  expect(code).toBe(0)
  expect(stdout).toContain('reset-password <username or e-mail>')
})
