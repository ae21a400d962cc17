import { chmodSync, mkdirSync, readFileSync, writeFileSync, accessSync, constants } from 'node:fs'
import { randomBytes } from 'node:crypto'
import { delimiter, join, resolve } from 'node:path'
import { z } from 'zod'

const list = z
  .string()
  .default('')
  .transform((text) =>
    text
      .split(',')
      .map((part) => part.trim())
      .filter((part) => part !== ''),
  )

/** Folders as PATH has them: they may hold commas. */
const folders = z
  .string()
  .default('')
  .transform((text) =>
    text
      .split(delimiter)
      .filter((part) => part !== '')
      .map((part) => resolve(part)),
  )

const port = z.coerce.number().int().min(0).max(65_535)

const environment = z.object({
  IMALINK_DATA: z.string().min(1).default('./data'),
  IMALINK_HOST: z.string().min(1).default('127.0.0.1'),
  IMALINK_PORT: port.default(8000),
  IMALINK_CORE_PORT: port.default(8001),
  IMALINK_CORE_URL: z.url().optional(),
  IMALINK_CORE_TOKEN: z.string().min(1).optional(),
  DATABASE_URL: z
    .string()
    .regex(/^(sqlite:|postgres(ql)?:\/\/)/, 'begins with sqlite: or postgres://')
    .optional(),
  IMALINK_DATABASE_TIMEOUT: z.coerce.number().min(0).max(86_400).default(60),
  IMALINK_SECRET: z.string().optional(),
  IMALINK_REGISTRATION: z.enum(['open', 'invite', 'closed']).default('open'),
  IMALINK_AUTH_RATE_LIMIT: z.coerce.number().int().min(0).default(10),
  IMALINK_ALLOWED_ORIGINS: list,
  IMALINK_TRUSTED_PROXIES: list,
  IMALINK_IMPORT_ROOTS: folders,
  IMALINK_PREVIEWS: z
    .string()
    .regex(/^disk:./, 'is disk:<folder>')
    .optional(),
  IMALINK_TRASH_DAYS: z.coerce.number().min(0).max(36_500).default(30),
  IMALINK_PREVIEW_CACHE_MIB: z.coerce.number().int().min(0).default(512),
  IMALINK_METRICS_TOKEN: z
    .string()
    .regex(/^\S{16,}$/, 'is not 16 characters or more without spaces')
    .optional(),
  IMALINK_LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
  NODE_ENV: z.string().default('production'),
})

export type Config = ReturnType<typeof readConfig>

/** A setting or the data folder makes a start impossible; the message is one sentence for the person who starts it. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError'
}

/**
 * Reads every setting once. Relative folders are below the working directory. Makes the data folder and, on SQLite, a
 * secret in it. Throws `ConfigError`.
 */
export function readConfig(env: NodeJS.ProcessEnv = process.env) {
  const parsed = environment.safeParse(withoutEmpty(env))
  if (!parsed.success) throw new ConfigError(explain(parsed.error))
  const given = parsed.data
  const dataFolder = resolve(given.IMALINK_DATA)
  prepareFolder(dataFolder)
  const databaseUrl = given.DATABASE_URL ?? `sqlite:${join(dataFolder, 'imalink.db')}`
  return {
    dataFolder,
    host: given.IMALINK_HOST,
    port: given.IMALINK_PORT,
    coreUrl: (given.IMALINK_CORE_URL ?? `http://127.0.0.1:${given.IMALINK_CORE_PORT}`).replace(/\/+$/, ''),
    coreToken: given.IMALINK_CORE_TOKEN ?? null,
    databaseUrl,
    databaseTimeoutMs: given.IMALINK_DATABASE_TIMEOUT * 1000,
    secret:
      given.IMALINK_SECRET === undefined
        ? keptSecret(dataFolder, databaseUrl)
        : checkedSecret(given.IMALINK_SECRET),
    registration: given.IMALINK_REGISTRATION,
    authRateLimit: given.IMALINK_AUTH_RATE_LIMIT,
    allowedOrigins: given.IMALINK_ALLOWED_ORIGINS,
    trustedProxies: given.IMALINK_TRUSTED_PROXIES,
    importRoots: given.IMALINK_IMPORT_ROOTS,
    previewsFolder: resolve(given.IMALINK_PREVIEWS?.slice('disk:'.length) ?? join(dataFolder, 'previews')),
    resizedFolder: join(dataFolder, 'resized'),
    resizedBytes: given.IMALINK_PREVIEW_CACHE_MIB * 1024 * 1024,
    trashDays: given.IMALINK_TRASH_DAYS,
    metricsToken: given.IMALINK_METRICS_TOKEN ?? null,
    logLevel: given.IMALINK_LOG_LEVEL,
    webFolder: resolve(import.meta.dirname, '../../web/dist'),
  }
}

/** A setting that is set to nothing is not set. */
function withoutEmpty(env: NodeJS.ProcessEnv): Record<string, string | undefined> {
  return Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''))
}

function explain(error: z.ZodError): string {
  const [issue] = error.issues
  return `The setting ${issue?.path.join('.')} is not usable: ${issue?.message}.`
}

function prepareFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    accessSync(folder, constants.R_OK | constants.W_OK | constants.X_OK)
  } catch (cause) {
    throw new ConfigError(
      `The data folder ${folder} cannot be written; make it writable or set IMALINK_DATA.`,
      { cause },
    )
  }
}

const SECRET_BYTES = 32

function checkedSecret(secret: string): string {
  if (Buffer.byteLength(secret) >= SECRET_BYTES) return secret
  throw new ConfigError(`IMALINK_SECRET is shorter than ${SECRET_BYTES} bytes.`)
}

/** One machine keeps its secret in the data folder; several processes on PostgreSQL must be given the same one. */
function keptSecret(folder: string, databaseUrl: string): string {
  if (!databaseUrl.startsWith('sqlite:')) {
    throw new ConfigError(
      'On PostgreSQL every process needs the same IMALINK_SECRET (32 bytes or more); none is set.',
    )
  }
  const file = join(folder, 'secret')
  try {
    // Fails where the file is already there, so that two processes starting at once agree on one secret.
    writeFileSync(file, randomBytes(SECRET_BYTES).toString('hex'), { mode: 0o600, flag: 'wx', flush: true })
  } catch (error) {
    if (!isExisting(error)) throw new ConfigError(`The secret ${file} cannot be written.`, { cause: error })
  }
  chmodSync(file, 0o600)
  return checkedSecret(readFileSync(file, 'utf8').trim())
}

function isExisting(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'EEXIST'
}
