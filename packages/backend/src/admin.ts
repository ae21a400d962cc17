import { randomBytes } from 'node:crypto'
import { text } from 'node:stream/consumers'
import { parseArgs } from 'node:util'
import { newPassword } from '@imalink/contract'
import { ConfigError, readConfig } from './config.ts'
import { resetPassword } from './features/auth/accounts.service.ts'
import { NewerDatabaseError, isMigrated } from './storage/database/migrate.ts'
import { openDatabase } from './storage/open-database.ts'

const USAGE = `Usage: npm run imalink -- admin reset-password <username or e-mail> [--password-stdin]

Works on the server's own machine, on the data folder or database that its settings name
(IMALINK_DATA, DATABASE_URL), whether the server runs or not. Gives the account a new password,
printed once, or the one on standard input with --password-stdin, and signs it out everywhere.

Exit codes: 0 done, 1 not done, 2 wrong usage.`

/** Runs one administrator's command; the exit code. */
async function runAdmin(args: readonly string[]): Promise<number> {
  const options = { 'password-stdin': { type: 'boolean' }, help: { type: 'boolean', short: 'h' } } as const
  const { values, positionals } = parseArgs({ args: [...args], options, allowPositionals: true })
  const [command, name, ...rest] = positionals
  if (values.help) return say(USAGE, 0)
  if (command !== 'reset-password' || name === undefined || rest.length > 0) return complain(USAGE, 2)
  const given = values['password-stdin'] ? (await text(process.stdin)).replace(/\r?\n$/, '') : null
  const password = given ?? randomBytes(12).toString('base64url')
  const checked = newPassword.safeParse(password)
  if (!checked.success) return complain(`The password ${checked.error.issues[0]?.message}.`, 1)
  if (!(await reset(name, password)))
    return complain(`There is no account with the name or address "${name}".`, 1)
  return say(
    given === null ? `The new password of ${name} is: ${password}` : `${name} has a new password.`,
    0,
  )
}

async function reset(name: string, password: string): Promise<boolean> {
  const storage = openDatabase(readConfig().databaseUrl, () => undefined)
  try {
    if (!(await isMigrated(storage))) {
      throw new ConfigError(
        'The database was not made by this version of ImaLink; start the server once, then try again.',
      )
    }
    return await resetPassword(storage.db, name, password)
  } finally {
    await storage.close()
  }
}

function say(sentence: string, code: number): number {
  process.stdout.write(`${sentence}\n`)
  return code
}

function complain(sentence: string, code: number): number {
  process.stderr.write(`${sentence}\n`)
  return code
}

function isUsageError(error: unknown): error is Error {
  return error instanceof TypeError && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS')
}

try {
  process.exitCode = await runAdmin(process.argv.slice(2))
} catch (error) {
  if (isUsageError(error)) process.exitCode = complain(error.message, 2)
  else if (error instanceof ConfigError || error instanceof NewerDatabaseError)
    process.exitCode = complain(error.message, 1)
  else throw error
}
