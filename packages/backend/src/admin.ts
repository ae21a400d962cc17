import { randomBytes } from 'node:crypto'
import { text } from 'node:stream/consumers'
import { parseArgs } from 'node:util'
import { type User, newPassword } from '@imalink/contract'
import { AppError } from './app-error.ts'
import { fromNow, now } from './clock.ts'
import { ConfigError, readConfig } from './config.ts'
import { findUserByName } from './features/auth/accounts.repository.ts'
import { resetPassword } from './features/auth/accounts.service.ts'
import { revokeSessionsOf } from './features/auth/sessions.repository.ts'
import { createInvite } from './features/invites/invites.service.ts'
import { changeStanding, pageOfUsers } from './features/users/users.service.ts'
import type { Db } from './storage/database/database.ts'
import { NewerDatabaseError, isMigrated } from './storage/database/migrate.ts'
import { openDatabase } from './storage/open-database.ts'

const USAGE = `Usage: npm run imalink -- admin <command>

  users                          lists every account: number, username, e-mail address, since when
  reset-password <user> [--password-stdin]
                                 gives the account a new password, printed once, or the one on
                                 standard input, and signs it out everywhere
  make-admin <user>              makes an active administrator of the account
  invite [--days <number>]       prints a code for one new account, good for 7 days or as many as
                                 you say: for servers where IMALINK_REGISTRATION is "invite"

<user> is a username or an e-mail address. Works on the server's own machine, on the data folder or
database that its settings name (IMALINK_DATA, DATABASE_URL), whether the server runs or not.

Exit codes: 0 done, 1 not done, 2 wrong usage.`

const options = {
  'password-stdin': { type: 'boolean' },
  days: { type: 'string' },
  help: { type: 'boolean', short: 'h' },
} as const

/** What was asked makes no sense: answered with how to ask. */
class UsageError extends Error {}

/** It was understood and cannot be done; the message is a sentence for the operator. */
class NotDone extends Error {}

interface Command {
  readonly option?: 'password-stdin' | 'days'
  /** Whether a user is named behind it. */
  readonly ofUser: boolean
  /** Answers what is printed. */
  run(db: Db, name: string, option: string | boolean | undefined): Promise<string>
}

const commands: Readonly<Record<string, Command>> = {
  users: { ofUser: false, run: listEveryUser },
  'reset-password': { ofUser: true, option: 'password-stdin', run: giveNewPassword },
  'make-admin': { ofUser: true, run: makeAdministrator },
  invite: { ofUser: false, option: 'days', run: (db, _name, days) => invite(db, days) },
}

/** Runs one administrator's command; the exit code. */
async function runAdmin(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({ args: [...args], options, allowPositionals: true })
  if (values.help) return say(USAGE, 0)
  const [word = '', ...names] = positionals
  const command = Object.hasOwn(commands, word) ? commands[word] : undefined
  const strange = Object.keys(values).some((option) => option !== command?.option)
  if (!command || strange || names.length !== (command.ofUser ? 1 : 0)) throw new UsageError()
  const option = command.option && values[command.option]
  return say(await withDatabase((db) => command.run(db, names[0] ?? '', option)), 0)
}

async function withDatabase<T>(work: (db: Db) => Promise<T>): Promise<T> {
  const storage = openDatabase(readConfig().databaseUrl)
  try {
    if (await isMigrated(storage)) return await work(storage.db)
    throw new ConfigError(
      'The database was not made by this version of ImaLink; start the server once, then try again.',
    )
  } finally {
    await storage.close()
  }
}

async function giveNewPassword(
  db: Db,
  name: string,
  fromInput: string | boolean | undefined,
): Promise<string> {
  const given = fromInput ? (await text(process.stdin)).replace(/\r?\n$/, '') : null
  const password = given ?? randomBytes(12).toString('base64url')
  const checked = newPassword.safeParse(password)
  if (!checked.success) throw new NotDone(`The password ${checked.error.issues[0]?.message}.`)
  if (!(await resetPassword(db, name, password))) throw nobody(name)
  return given === null ? `The new password of ${name} is: ${password}` : `${name} has a new password.`
}

async function makeAdministrator(db: Db, name: string): Promise<string> {
  const user = await findUserByName(db, name)
  if (!user) throw nobody(name)
  const standing = { is_admin: true, is_active: true }
  await changeStanding(db, (tx, userId) => revokeSessionsOf(tx, userId, { at: now() }), user.id, standing)
  return `${name} is an administrator.`
}

function nobody(name: string): NotDone {
  return new NotDone(`There is no account with the name or address "${name}".`)
}

async function listEveryUser(db: Db): Promise<string> {
  const lines: string[] = []
  let cursor: string | null = null
  do {
    const page: Awaited<ReturnType<typeof pageOfUsers>> = await pageOfUsers(db, {
      limit: 500,
      ...(cursor === null ? {} : { cursor }),
    })
    lines.push(...page.data.map(lineOf))
    cursor = page.meta.next_cursor
  } while (cursor !== null)
  return lines.length === 0 ? 'There are no accounts yet.' : lines.join('\n')
}

function lineOf({ id, username, email, created_at, is_admin, is_active }: User): string {
  const standing = [...(is_admin ? ['administrator'] : []), ...(is_active ? [] : ['deactivated'])]
  return [String(id), username, email, created_at.slice(0, 10), ...standing].join('  ')
}

const DAY_MS = 24 * 60 * 60 * 1000
const MAX_DAYS = 3650

async function invite(db: Db, days: string | boolean | undefined = '7'): Promise<string> {
  const number = Number(days)
  if (!Number.isInteger(number) || number < 1 || number > MAX_DAYS) throw new UsageError()
  const { code, expires_at } = await createInvite(db, null, { expires_at: fromNow(number * DAY_MS) })
  return `An invitation for one account, until ${expires_at.slice(0, 10)}: ${code}\nRegister with it at /register?invite=${code} on your server.`
}

function say(sentence: string, code: number): number {
  process.stdout.write(`${sentence}\n`)
  return code
}

function complain(sentence: string, code: number): number {
  process.stderr.write(`${sentence}\n`)
  return code
}

function isBadOption(error: unknown): error is Error {
  return error instanceof TypeError && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS')
}

/** The exit code for what went wrong, explained; what nobody foresaw rises. */
function explain(error: unknown): number {
  if (error instanceof UsageError) return complain(USAGE, 2)
  if (isBadOption(error)) return complain(error.message, 2)
  const isForOperator = [NotDone, AppError, ConfigError, NewerDatabaseError].some(
    (kind) => error instanceof kind,
  )
  if (isForOperator && error instanceof Error) return complain(error.message, 1)
  throw error
}

try {
  process.exitCode = await runAdmin(process.argv.slice(2))
} catch (error) {
  process.exitCode = explain(error)
}
