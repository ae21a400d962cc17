import type { z } from 'zod'
import type { ErrorCode } from './errors.ts'

/** What an endpoint answers when it is not JSON: only its media type is described. */
export interface Media {
  readonly media: 'image/jpeg' | 'text/event-stream' | 'text/plain' | 'text/markdown'
  /** What it answers instead, as the query says; the handler names which. */
  readonly orMedia?: 'text/html'
}

export interface Nothing {
  readonly media: 'none'
}

/**
 * A request body that is not JSON. `fields` names the parts of a multipart form beside `file`, `files` what further files
 * it may carry. `orBare`: instead of a form the file alone may be the body, of this media type.
 */
export interface Upload {
  readonly media: 'multipart/form-data' | 'image/jpeg'
  readonly orBare?: 'image/jpeg'
  readonly fields?: z.ZodObject
  readonly files?: Readonly<Record<string, { readonly media: string; readonly description: string }>>
}

/**
 * One row of the contract: what the servers route from, what the client is typed by, and what OpenAPI is made from.
 *
 * `access`: `anyone` ignores credentials, `optional` shows an anonymous caller what is public, `user` needs an account.
 * `importScope`: an API key of scope `import` may call it.
 * `readScope`: an API key of scope `read` may call it although it is no GET, because it only reads.
 * `accountOnly`: no API key may call it, whatever its scope.
 * `adminOnly`: administrators alone may call it, with a session or a key of scope `full`.
 * `maxBodyBytes`: the largest body, in bytes; 64 KiB where it is left out.
 */
export interface Endpoint {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  readonly path: `/${string}`
  readonly access: 'anyone' | 'optional' | 'user'
  readonly importScope?: true
  readonly readScope?: true
  readonly accountOnly?: true
  readonly adminOnly?: true
  readonly rateLimited?: true
  readonly group: string
  readonly summary: string
  readonly maxBodyBytes?: number
  readonly params?: z.ZodObject
  readonly query?: z.ZodObject
  readonly body?: z.ZodType
  readonly upload?: Upload
  readonly replies: Readonly<Record<number, z.ZodType | Media | Nothing>>
  readonly errors: readonly ErrorCode[]
}

export function endpoint<const E extends Endpoint>(row: E): E {
  return row
}

export const jpeg = { media: 'image/jpeg' } as const
export const eventStream = { media: 'text/event-stream' } as const
export const plainWords = { media: 'text/plain' } as const
export const nothing = { media: 'none' } as const

type OutputOf<T, Missing> = T extends z.ZodType ? z.output<T> : Missing
type InputOf<T> = T extends z.ZodType ? z.input<T> : never

/** What a handler receives, parsed. */
export type ParamsOf<E extends Endpoint> = OutputOf<E['params'], Record<string, never>>
export type QueryOf<E extends Endpoint> = OutputOf<E['query'], Record<string, never>>
export type BodyOf<E extends Endpoint> = OutputOf<E['body'], undefined>

type Part<E, K extends 'params' | 'query' | 'body'> =
  E extends Record<K, infer T>
    ? T extends z.ZodType
      ? Record<never, unknown> extends z.input<T>
        ? { readonly [key in K]?: InputOf<T> }
        : { readonly [key in K]: InputOf<T> }
      : unknown
    : unknown

/** What a caller sends. */
export type CallInput<E extends Endpoint> = Part<E, 'params'> & Part<E, 'query'> & Part<E, 'body'>

type ReplyBody<R> = R extends z.ZodType ? z.output<R> : R extends Nothing ? undefined : unknown

/** Every answer an endpoint may give, as `{ status, body }`. */
export type ReplyOf<E extends Endpoint> = {
  [S in keyof E['replies'] & number]: { readonly status: S; readonly body: ReplyBody<E['replies'][S]> }
}[keyof E['replies'] & number]

/** The JSON body of a successful answer, whatever its status. */
export type AnswerOf<E extends Endpoint> = ReplyOf<E>['body']
