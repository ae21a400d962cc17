import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Server, backendAt, call } from '@imalink/client'
import { endpoints } from '@imalink/contract'
import { afterAll, beforeAll } from 'vitest'
import { ServerProgram, freePort } from '../../../tests/system/programs.ts'
import { type CommandEnd, CommandLine } from './command-line.ts'

export const PASSWORD = ' a password with blanks '

/** Both servers, running on a data folder of their own. */
export interface Installation {
  readonly backend: ServerProgram
  readonly core: ServerProgram
  /** A new user with an empty home and an empty folder for photos. */
  newUser(): Promise<TestUser>
  /** Such a user who has logged in. */
  loggedInUser(): Promise<TestUser>
  end(): Promise<void>
}

/** Somebody who sits at a shell. */
export interface TestUser {
  readonly username: string
  readonly folder: string
  readonly credentialsFile: string
  /** What this user sees through the API, by password rather than by key. */
  readonly session: Server
  /** Runs a command to its end; `input` is its standard input, `env` is added to the user's own. */
  run(args: readonly string[], input?: string, env?: NodeJS.ProcessEnv): Promise<CommandEnd>
  start(args: readonly string[]): CommandLine
  /** At the server's address, or at that of a proxy before it. */
  login(address?: string): Promise<CommandEnd>
}

/** One installation for all tests of the file that calls this; it is there from their first hook on. */
export function sharedInstallation(): Omit<Installation, 'end'> {
  let started: Installation
  beforeAll(async () => {
    started = await startInstallation()
  })
  afterAll(() => started.end())
  return {
    get backend() {
      return started.backend
    },
    get core() {
      return started.core
    },
    newUser: () => started.newUser(),
    loggedInUser: () => started.loggedInUser(),
  }
}

export async function startInstallation(): Promise<Installation> {
  const place = await mkdtemp(join(tmpdir(), 'imalink-cli-'))
  const [port, corePort] = [await freePort(), await freePort()]
  const env = {
    IMALINK_DATA: join(place, 'data'),
    IMALINK_PORT: String(port),
    IMALINK_CORE_PORT: String(corePort),
    IMALINK_AUTH_RATE_LIMIT: '0',
  }
  const backend = new ServerProgram('backend', port, env)
  const core = new ServerProgram('core', corePort, env)
  await Promise.all([backend.start(), core.start()])
  let users = 0
  const newUser = () => makeUser(backend.address, place, `user${++users}`)
  return {
    backend,
    core,
    newUser,
    async loggedInUser() {
      const user = await newUser()
      await user.login()
      return user
    },
    async end() {
      await Promise.all([backend.stop(), core.stop()])
      await rm(place, { recursive: true, force: true })
    },
  }
}

async function makeUser(address: string, place: string, username: string): Promise<TestUser> {
  const folder = join(place, username, 'Photos')
  const home = join(place, username, 'home')
  const credentialsFile = join(home, '.config', 'imalink', 'credentials.json')
  await mkdir(folder, { recursive: true })
  await mkdir(home)
  const account = { email: `${username}@example.org`, password: PASSWORD, username }
  await call(backendAt(address), endpoints.register, { body: account })
  const login = { username, password: PASSWORD }
  const { access_token } = await call(backendAt(address), endpoints.login, { body: login })
  const start = (args: readonly string[], input = '', env: NodeJS.ProcessEnv = {}) =>
    new CommandLine(args, { env: { HOME: home, ...env }, cwd: folder, input })
  const run = (args: readonly string[], input = '', env: NodeJS.ProcessEnv = {}) =>
    start(args, input, env).ended
  return {
    username,
    folder,
    credentialsFile,
    session: backendAt(address, access_token),
    run,
    start,
    login: (at = address) =>
      run(['login', '--server', at, '--user', username, '--password-stdin'], `${PASSWORD}\n`),
  }
}
