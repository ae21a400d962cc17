import { z } from 'zod'
import type { Endpoint, Media, Nothing } from './endpoint.ts'
import { type ErrorCode, errorCodes, problem } from './errors.ts'

interface ApiInfo {
  readonly title: string
  readonly version: string
  readonly description: string
}

type Json = Record<string, unknown>

/** Schemas met on the way, by name: they stand once under `components.schemas`. */
type Components = Map<string, unknown>

/**
 * An OpenAPI 3.1 document made from contract rows: the same schemas that check requests and shape answers.
 * `groups` are `[prefix, rows]`; a row's path is appended to its prefix.
 */
export function describeApi(
  info: ApiInfo,
  groups: readonly (readonly [string, Readonly<Record<string, Endpoint>>])[],
): Json {
  const paths: Record<string, Json> = {}
  const components: Components = new Map()
  for (const [prefix, rows] of groups) {
    for (const [name, row] of Object.entries(rows)) {
      const path = prefix + row.path
      paths[path] = { ...paths[path], [row.method.toLowerCase()]: describeOperation(name, row, components) }
    }
  }
  return {
    openapi: '3.1.0',
    info,
    paths,
    components: { schemas: Object.fromEntries(components), securitySchemes },
  }
}

const securitySchemes = {
  bearer: { type: 'http', scheme: 'bearer', description: 'An access token or an API key' },
  cookie: { type: 'apiKey', in: 'cookie', name: 'imalink_session' },
}

function describeOperation(name: string, row: Endpoint, components: Components): Json {
  const schema = (type: z.ZodType, io: 'input' | 'output') => toSchema(type, io, components)
  const body = row.body
    ? { 'application/json': { schema: schema(row.body, 'input') } }
    : row.upload && {
        [row.upload.media]: { schema: describeUpload(row, components) },
        ...(row.upload.orBare ? { [row.upload.orBare]: { schema: bareJpeg } } : {}),
      }
  const signedIn: Json[] = [{ bearer: [] }, { cookie: [] }]
  return {
    operationId: name,
    tags: [row.group],
    summary: row.summary,
    parameters: [
      ...describeParameters(row, 'path', components),
      ...describeParameters(row, 'query', components),
    ],
    ...(body ? { requestBody: { required: true, content: body } } : {}),
    responses: { ...describeReplies(row, components), ...describeErrors(row, components) },
    security: row.access === 'user' ? signedIn : row.access === 'optional' ? [{}, ...signedIn] : [{}],
  }
}

const bareJpeg: Json = { type: 'string', contentMediaType: 'image/jpeg' }

function describeUpload(row: Endpoint, components: Components): Json {
  if (row.upload?.media !== 'multipart/form-data') return bareJpeg
  const fields = row.upload.fields ? toSchema(row.upload.fields, 'input', components) : {}
  const files = Object.entries(row.upload.files ?? {}).map(([name, { media, description }]) => {
    return [name, { type: 'string', contentMediaType: media, description }] as const
  })
  const properties = {
    ...(fields['properties'] as Json | undefined),
    ...Object.fromEntries(files),
    file: { type: 'string', contentMediaType: 'application/octet-stream' },
  }
  return { type: 'object', required: ['file'], properties }
}

function describeParameters(row: Endpoint, place: 'path' | 'query', components: Components): Json[] {
  const type = place === 'path' ? row.params : row.query
  if (!type) return []
  const schema = toSchema(type, 'input', components)
  const required = (schema['required'] ?? []) as string[]
  return Object.entries(schema['properties'] as Record<string, Json>).map(([name, property]) => ({
    name,
    in: place,
    required: place === 'path' || required.includes(name),
    schema: property,
    ...(property['description'] ? { description: property['description'] } : {}),
  }))
}

function describeReplies(row: Endpoint, components: Components): Json {
  return Object.fromEntries(
    Object.entries(row.replies).map(([status, reply]) => [status, describeReply(reply, components)]),
  )
}

function describeReply(reply: z.ZodType | Media | Nothing, components: Components): Json {
  if (reply instanceof Object && 'media' in reply) {
    if (reply.media === 'none') return { description: 'Nothing to say' }
    const media = [reply.media, ...('orMedia' in reply && reply.orMedia ? [reply.orMedia] : [])]
    const content = media.map((one) => [one, { schema: { type: 'string' } }] as const)
    return { description: 'The bytes', content: Object.fromEntries(content) }
  }
  return {
    description: 'Success',
    content: { 'application/json': { schema: toSchema(reply, 'output', components) } },
  }
}

function describeErrors(row: Endpoint, components: Components): Json {
  const byStatus = Map.groupBy(errorsOf(row), (code) => errorCodes[code][0])
  const schema = toSchema(problem, 'output', components)
  return Object.fromEntries(
    [...byStatus].map(([status, codes]) => [
      String(status),
      {
        description: codes.map((code) => `\`${code}\``).join(', '),
        content: { 'application/problem+json': { schema } },
      },
    ]),
  )
}

/** The errors a row names and those that follow from its shape. */
function errorsOf(row: Endpoint): ErrorCode[] {
  const codes = new Set<ErrorCode>(row.errors)
  if (row.access !== 'anyone') codes.add('credentials_invalid').add('scope_insufficient')
  if (row.access === 'user') codes.add('credentials_required')
  if (row.method !== 'GET' && row.access !== 'anyone') codes.add('origin_not_allowed')
  if (row.params || row.body || row.query || row.upload?.fields)
    codes.add('validation_failed').add('unknown_field')
  // A body that nobody asked for is read as well.
  if (row.method !== 'GET') codes.add('malformed_json').add('unsupported_media_type').add('body_too_large')
  if (row.rateLimited) codes.add('rate_limited')
  return [...codes, 'malformed_request', 'internal_error', 'not_ready']
}

/** JSON Schema of a zod type; whatever carries an `id` is moved to the components and referred to. */
function toSchema(type: z.ZodType, io: 'input' | 'output', components: Components): Json {
  const {
    $schema: _dialect,
    $defs,
    ...schema
  } = z.toJSONSchema(type, { io, unrepresentable: 'any', reused: 'inline' }) as Json & {
    $defs?: Record<string, Json>
  }
  const suffix = io === 'input' ? 'Input' : ''
  const rename = (value: unknown) => renameRefs(value, suffix)
  for (const [name, definition] of Object.entries($defs ?? {})) {
    components.set(name + suffix, rename(withoutId(definition)))
  }
  const id = schema['id']
  if (typeof id !== 'string') return rename(schema) as Json
  components.set(id + suffix, rename(withoutId(schema)))
  return { $ref: `#/components/schemas/${id}${suffix}` }
}

function withoutId({ id: _id, ...schema }: Json): Json {
  return schema
}

function renameRefs(value: unknown, suffix: string): unknown {
  if (Array.isArray(value)) return value.map((item) => renameRefs(item, suffix))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) =>
      key === '$ref' && typeof item === 'string'
        ? [key, `#/components/schemas/${item.replace('#/$defs/', '')}${suffix}`]
        : [key, renameRefs(item, suffix)],
    ),
  )
}
