import { availableParallelism, totalmem } from 'node:os'
import { limits } from '@imalink/contract'
import { z } from 'zod'

const MIB = 1024 * 1024
const IDLE_MS = 60_000

/** What a worker that has everything loaded holds, and a photo of 24 megapixels. */
const SMALLEST_WORKER_MIB = 384
/**
 * What every image within the limits needs: the most that was measured is 2754 MiB, for an interlaced PNG of 300 megapixels
 * with 16 bits and alpha in a file of 107 MiB, and a file may have 512.
 */
const LARGEST_IMAGE_MIB = 3584
/** The share of the machine's memory that all workers together may take. */
const WORKERS_SHARE = 0.8

const port = (fallback: number, min: number) =>
  z.coerce
    .number('is not a port')
    .int('is not a port')
    .min(min, 'is not a port')
    .max(65_535, 'is not a port')
    .default(fallback)
const wholeNumber = (fallback: number) => z.coerce.number().int().min(1).default(fallback)
const words = z
  .string()
  .default('')
  .transform((text) =>
    text
      .split(',')
      .map((word) => word.trim())
      .filter((word) => word !== ''),
  )

const settings = z.object({
  IMALINK_HOST: z.string().min(1).default('127.0.0.1'),
  IMALINK_CORE_PORT: port(8001, 0),
  IMALINK_PORT: port(8000, 0),
  IMALINK_CORE_TOKEN: z.string().min(16, 'is shorter than 16 characters').optional(),
  IMALINK_METRICS_TOKEN: z
    .string()
    .regex(/^\S{16,}$/, 'is not 16 characters or more without spaces')
    .optional(),
  IMALINK_ALLOWED_ORIGINS: words.pipe(
    z.array(z.url({ protocol: /^https?$/, error: 'is not a list of origins' })),
  ),
  IMALINK_CORE_HOSTS: words,
  IMALINK_CORE_WORKERS: wholeNumber(availableParallelism()),
  IMALINK_CORE_TIMEOUT_MS: wholeNumber(60_000),
  IMALINK_CORE_WORKER_MIB: z.coerce.number().int().min(SMALLEST_WORKER_MIB).optional(),
  IMALINK_CORE_QUEUE: wholeNumber(128),
  IMALINK_CORE_UPLOAD_MIB: wholeNumber(48),
  IMALINK_LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
})

export interface CoreConfig {
  readonly host: string
  readonly port: number
  /** Needed as a bearer token by every request when it is set. */
  readonly token: string | null
  /** Lets whoever brings it read the metrics, and nothing else. */
  readonly metricsToken: string | null
  /** Origins of pages that may call, as browsers write them. */
  readonly allowedOrigins: readonly string[]
  /** Host names, without a port, that the server answers to. */
  readonly allowedHosts: readonly string[]
  readonly workers: number
  /** For one image. */
  readonly timeoutMs: number
  /** Memory that a worker may hold while it works on one image. */
  readonly workerBytes: number
  /** Requests that are received, wait or are worked on at once; beyond it is `busy`. */
  readonly queueLength: number
  /** Memory for bodies that are being received, wait for a worker or are worked on; see `Admission`. */
  readonly uploadBytes: number
  readonly fileBytes: number
  /** How long a sender may pause in the middle of an upload. */
  readonly idleMs: number
  /** The environment of the image workers. */
  readonly workerEnvironment: Readonly<Record<string, string | undefined>>
  readonly logLevel: string
}

/**
 * Images come and go by the ten megabytes, from several threads. With one arena for all of them glibc keeps 100 MiB less
 * in each worker, at no cost in time (measured); other systems don't know the name.
 */
const FRUGAL_MALLOC = { MALLOC_ARENA_MAX: '1' }

/** A setting that can't be used; its message is for the person who made it. */
export class BadSetting extends Error {}

/** Settings from the environment, complete and checked. Empty ones count as not set. Throws `BadSetting`. */
export function readConfig(env: Readonly<Record<string, string | undefined>> = process.env): CoreConfig {
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''))
  const parsed = settings.safeParse(given)
  if (!parsed.success) {
    const [issue] = parsed.error.issues
    throw new BadSetting(`The setting ${String(issue?.path[0])} ${issue?.message ?? 'is not valid'}.`)
  }
  const { data } = parsed
  return {
    host: data.IMALINK_HOST,
    port: data.IMALINK_CORE_PORT,
    token: data.IMALINK_CORE_TOKEN ?? null,
    metricsToken: data.IMALINK_METRICS_TOKEN ?? null,
    allowedOrigins: allowedOrigins(data.IMALINK_PORT, data.IMALINK_ALLOWED_ORIGINS),
    allowedHosts: allowedHosts(data.IMALINK_HOST, data.IMALINK_CORE_HOSTS),
    workers: data.IMALINK_CORE_WORKERS,
    timeoutMs: data.IMALINK_CORE_TIMEOUT_MS,
    workerBytes: (data.IMALINK_CORE_WORKER_MIB ?? workerMib(data.IMALINK_CORE_WORKERS)) * MIB,
    queueLength: data.IMALINK_CORE_QUEUE,
    uploadBytes: data.IMALINK_CORE_UPLOAD_MIB * MIB,
    fileBytes: limits.fileBytes,
    idleMs: IDLE_MS,
    workerEnvironment: { ...env, ...FRUGAL_MALLOC },
    logLevel: data.IMALINK_LOG_LEVEL,
  }
}

/** Enough for every image within the limits, where the machine or the container has as much for each worker. */
function workerMib(workers: number): number {
  const machineBytes = Math.min(totalmem(), process.constrainedMemory() || Infinity)
  const share = Math.floor((machineBytes * WORKERS_SHARE) / workers / MIB)
  return Math.max(SMALLEST_WORKER_MIB, Math.min(LARGEST_IMAGE_MIB, share))
}

/** The backend's own page on this machine, and whatever was allowed. */
function allowedOrigins(backendPort: number, given: readonly string[]): string[] {
  const own = ['localhost', '127.0.0.1'].map((host) => `http://${host}:${backendPort}`)
  return [...own, ...given].map((origin) => new URL(origin).origin)
}

/** An address that stands for all of them is no name anybody calls. */
function allowedHosts(host: string, given: readonly string[]): string[] {
  const own = ['0.0.0.0', '::'].includes(host) ? [] : [host.includes(':') ? `[${host}]` : host]
  return ['localhost', '127.0.0.1', '[::1]', ...own, ...given].map((name) => name.toLowerCase())
}
