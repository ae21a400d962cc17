import type { Dice } from './dice.ts'
import { type Sampling, type Schema, sample } from './sample.ts'
import { hostileString, hostileValue, spoil, toJson } from './spoil.ts'
import type { WireRequest } from './wire.ts'

interface Parameter {
  readonly name: string
  readonly in: string
  readonly required?: boolean
  readonly schema: Schema
}

interface Operation {
  readonly parameters?: readonly Parameter[]
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: Schema }>> }
}

/** Of an OpenAPI document what requests are made from. */
export interface Description {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> }
}

/** One that the description knows. */
export interface Endpoint {
  readonly method: string
  readonly path: string
  readonly operation: Operation
}

export interface HostileRequest extends WireRequest {
  /** What it is aimed at; null where it is spoilt so much that it may reach something else, or nothing. */
  readonly endpoint: Endpoint | null
}

/** A request while it is being put together. */
interface Draft {
  readonly endpoint: Endpoint
  method: string
  path: string
  query: string
  headers: [string, string][]
  body: Buffer
  version: string
  /** Whether the endpoint is still the one it was made for. */
  isAimed: boolean
  isCutOff: boolean
  announced: string | null
}

export function endpointsOf({ paths }: Description): Endpoint[] {
  return Object.entries(paths).flatMap(([path, operations]) =>
    Object.entries(operations).map(([method, operation]) => ({
      method: method.toUpperCase(),
      path,
      operation,
    })),
  )
}

/** A request of the endpoint, with at most three things wrong with it; `credentials` are its header lines. */
export function hostileRequest(
  endpoint: Endpoint,
  credentials: readonly (readonly [string, string])[],
  sampling: Sampling,
): HostileRequest {
  const { dice } = sampling
  const draft = drafted(endpoint, credentials, sampling)
  const wrongs = dice.pick([0, 1, 1, 1, 1, 2, 3])
  for (let count = 0; count < wrongs; count++) dice.pick(WRONGS)(draft, sampling)
  return { ...written(draft), endpoint: draft.isAimed ? endpoint : null }
}

function drafted(
  endpoint: Endpoint,
  credentials: readonly (readonly [string, string])[],
  sampling: Sampling,
): Draft {
  const { parameters = [], requestBody } = endpoint.operation
  // What is under one address has ids of its own.
  const [, group = ''] = /^\/api\/v1\/([^/]+)/.exec(endpoint.path) ?? []
  const nameOf = ({ name }: Parameter) => (`${group}/${name}` in sampling.pool ? `${group}/${name}` : name)
  const value = (parameter: Parameter) => String(sample(parameter.schema, nameOf(parameter), sampling))
  const path = parameters
    .filter((parameter) => parameter.in === 'path')
    .reduce((so, parameter) => so.replace(`{${parameter.name}}`, encoded(value(parameter))), endpoint.path)
  const query = parameters
    .filter(
      (parameter) => parameter.in === 'query' && (parameter.required === true || sampling.dice.chance(0.3)),
    )
    .map((parameter) => `${parameter.name}=${encoded(value(parameter))}`)
    .join('&')
  const { media, body } = draftedBody(requestBody?.content ?? {}, sampling)
  const headers: Draft['headers'] = [...credentials.map(([name, text]): [string, string] => [name, text])]
  if (media !== null) headers.push(['content-type', media])
  return {
    ...{ endpoint, method: endpoint.method, path, query, headers, body, version: '1.1' },
    ...{ isAimed: !path.includes('//') && !path.endsWith('/'), isCutOff: false, announced: null },
  }
}

const BOUNDARY = 'between the parts'

function draftedBody(content: Readonly<Record<string, { readonly schema: Schema }>>, sampling: Sampling) {
  const kinds = Object.entries(content)
  if (kinds.length === 0) return { media: null, body: Buffer.alloc(0) }
  const [media, { schema }] = sampling.dice.pick(kinds)
  if (media === 'application/json') return { media, body: json(sample(schema, '', sampling), sampling.dice) }
  const file = sampling.dice.pick(sampling.pool['file'] ?? []) as Buffer // The pool's files are bytes.
  if (media !== 'multipart/form-data') return { media, body: file }
  const head = `--${BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="a.jpg"\r\n\r\n`
  const body = Buffer.concat([Buffer.from(head), file, Buffer.from(`\r\n--${BOUNDARY}--\r\n`)])
  return { media: `${media}; boundary="${BOUNDARY}"`, body }
}

function json(value: unknown, dice: Dice): Buffer {
  return Buffer.from(toJson(dice.chance(0.6) ? spoil(value, dice) : value))
}

function encoded(text: string): string {
  return encodeURIComponent(text.toWellFormed())
}

type Wrong = (draft: Draft, sampling: Sampling) => void

const badText = (dice: Dice) => encoded(hostileString(dice).slice(0, 2000))
const BAD_ESCAPES = [
  '%',
  '%zz',
  '%ff',
  '%00',
  '%c0%ae',
  '%ed%a0%80',
  '%u0041',
  '+',
  '%2f..%2f..%2f',
  '%25%32%65',
]
const BAD_BYTES = [
  Buffer.alloc(0),
  Buffer.from('null'),
  Buffer.from('"'),
  Buffer.from('{"a":'),
  Buffer.from('{}{}'),
  Buffer.from('{"a": "\xff\xfe"}', 'latin1'),
  Buffer.from('{"a": 1}', 'utf16le'),
  Buffer.from('\ufeff{}'),
  Buffer.from([0, 1, 2, 255]),
  Buffer.from("{'a': 1, // no JSON\n}"),
  Buffer.alloc(70_000, 'a'),
]
const MEDIA = [
  ...[
    '',
    'text/plain',
    'application/xml',
    'application/json; charset=utf-16',
    'application/x-www-form-urlencoded',
  ],
  ...[
    'multipart/form-data',
    'multipart/form-data; boundary=',
    'image/jpeg',
    'application/JSON',
    'a',
    '/',
    '*/*',
  ],
]
const HEADERS: readonly (readonly [string, (dice: Dice) => string])[] = [
  [
    'authorization',
    (dice) => dice.pick(['Bearer', 'Bearer  ', 'Basic YTpi', 'Bearer a.b.c', 'Bearer imk_', '\u00ff']),
  ],
  [
    'cookie',
    (dice) => dice.pick(['imalink_session=', 'imalink_session=x; imalink_session=y', '=;=;', '\u00e9=1']),
  ],
  ['if-none-match', (dice) => dice.pick(['*', '"', 'W/"x"', `${'"a",'.repeat(1000)}"b"`])],
  ['if-match', (dice) => dice.pick(['*', '"', 'W/"x"', '"1", "2"'])],
  ['range', (dice) => dice.pick(['bytes=0-0', 'bytes=-1', 'bytes=9-1', `bytes=${'0-,'.repeat(1000)}`])],
  ['accept', () => 'text/html;q=nonsense'],
  ['accept-encoding', () => 'gzip;q=0, *'],
  ['content-encoding', (dice) => dice.pick(['gzip', 'br', 'identity', 'nonsense'])],
  ['origin', (dice) => dice.pick(['null', 'http://evil.example', 'x'])],
  ['host', (dice) => dice.pick(['evil.example', '[::1', '', 'a:99999'])],
  ['last-event-id', (dice) => dice.pick(['-1', 'x', '9'.repeat(400)])],
  ['x-request-id', (dice) => dice.pick(['x'.repeat(5000), '\u00ff', '"'])],
  ['x-forwarded-for', (dice) => dice.pick(['1.2.3.4', 'x', `${'1.1.1.1,'.repeat(500)}2`])],
  ['x-huge', () => 'x'.repeat(20_000)],
  ['expect', (dice) => dice.pick(['100-continue', 'x'])],
  ['transfer-encoding', (dice) => dice.pick(['chunked', 'gzip, chunked', 'identity', 'x'])],
  ['content-length', (dice) => dice.pick(['-1', '1, 2', '99999999999999999999', 'x', '0'])],
  ['upgrade', () => 'websocket'],
  ['connection', (dice) => dice.pick(['upgrade', 'keep-alive, close', 'x'])],
]

/** A method or path of its own: what answers may be another endpoint, or none. */
const astray = (change: (draft: Draft, dice: Dice) => void): Wrong => {
  return (draft, { dice }) => {
    draft.isAimed = false
    change(draft, dice)
  }
}

const WRONGS: readonly Wrong[] = [
  (draft, { dice }) => {
    draft.query += `&${dice.pick(queryNames(draft))}=${badText(dice)}`
  },
  (draft, { dice }) => {
    draft.query += `&${dice.pick(queryNames(draft))}=${badText(dice)}`
  },
  (draft, { dice }) => {
    const name = dice.pick([...queryNames(draft), badText(dice)])
    draft.query += dice.pick([
      `&${name}[]=1&${name}[]=2`,
      `&${name}[__proto__]=1`,
      `&${name}`,
      `&&=&${name}=1`,
    ])
  },
  (draft, { dice }) => {
    draft.query += `&${dice.pick(queryNames(draft))}=${dice.pick(BAD_ESCAPES)}`
  },
  (draft) => {
    draft.query = `${draft.query}&${draft.query}&${draft.query}`
  },
  astray((draft, dice) => {
    const parts = draft.path.split('/')
    parts[parts.length - 1 - dice.below(2)] = dice.pick([
      badText(dice),
      ...BAD_ESCAPES,
      '..',
      '',
      '0',
      '-1',
      '1e0',
    ])
    draft.path = parts.join('/')
  }),
  astray((draft, dice) => {
    draft.path = dice.pick([
      `/${draft.path}`,
      `${draft.path}/`,
      draft.path.toUpperCase(),
      `${draft.path};a=b`,
      '*',
    ])
  }),
  astray((draft, dice) => {
    draft.method = dice.pick([
      'GET',
      'HEAD',
      'OPTIONS',
      'PUT',
      'PATCH',
      'DELETE',
      'POST',
      'TRACE',
      'get',
      'QUERY',
    ])
  }),
  (draft, { dice }) => {
    draft.body = dice.pick(BAD_BYTES)
  },
  (draft, { dice }) => {
    draft.body = Buffer.from(toJson(hostileValue(dice)))
  },
  (draft, { dice }) => {
    const at = dice.below(draft.body.length + 1)
    draft.body = Buffer.concat([
      draft.body.subarray(0, at),
      Buffer.from([dice.below(256)]),
      draft.body.subarray(at),
    ])
  },
  (draft, { dice }) => {
    draft.announced = String(draft.body.length + 1 + dice.below(1000))
    draft.isCutOff = true
  },
  (draft, { dice }) => {
    const media = dice.pick(MEDIA)
    draft.headers = draft.headers.filter(([name]) => name !== 'content-type')
    if (media !== '') draft.headers.push(['content-type', media])
  },
  (draft, { dice }) => {
    const [name, text] = dice.pick(HEADERS)
    draft.headers.push([name, text(dice)])
  },
  astray((draft, dice) => {
    draft.version = dice.pick(['1.0', '2.0', '0.9', 'x'])
  }),
]

function queryNames({ endpoint }: Draft): readonly string[] {
  const names = (endpoint.operation.parameters ?? []).filter(({ in: place }) => place === 'query')
  return names.length > 0 ? names.map(({ name }) => name) : ['unknown']
}

function written(draft: Draft): WireRequest {
  const { method, path, query, version, body, isCutOff } = draft
  const headers = [...draft.headers]
  const has = (name: string) => headers.some(([known]) => known === name)
  if (!has('host')) headers.unshift(['host', '127.0.0.1'])
  if (!has('connection')) headers.push(['connection', 'close'])
  const hasBody = body.length > 0 || draft.announced !== null || method === 'POST'
  if (hasBody && !has('content-length') && !has('transfer-encoding'))
    headers.push(['content-length', draft.announced ?? String(body.length)])
  const target = query === '' ? path : `${path}?${query.replace(/^&/, '')}`
  const lines = headers.map(([name, text]) => `${name}: ${text}\r\n`)
  return { head: `${method} ${target} HTTP/${version}\r\n${lines.join('')}\r\n`, body, isCutOff }
}
