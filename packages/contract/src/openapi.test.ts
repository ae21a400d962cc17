import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { type Endpoint, endpoint, jpeg, nothing } from './endpoint.ts'
import { endpoints } from './endpoints.ts'
import { queryInt } from './fields.ts'
import { describeApi } from './openapi.ts'

const info = { title: 'Test', version: '1.0.0', description: 'Nothing real.' }
const photo = z.object({ id: z.int(), note: z.string().default('none') }).meta({ id: 'Picture' })

const row = endpoint({
  method: 'POST',
  path: '/albums/{id}/photos',
  access: 'user',
  group: 'Albums',
  summary: 'Put a photo in',
  params: z.object({ id: z.string() }),
  query: z.object({ limit: queryInt(1, 9).optional(), name: z.string() }),
  body: z.object({ photo }),
  replies: { 201: z.object({ photo }), 204: nothing },
  errors: ['photo_not_found', 'not_found'],
})

// The document is plain JSON; what a test does not find in it fails that test.
interface Described {
  readonly paths: Record<string, Record<string, Record<string, unknown>>>
  readonly components: { readonly schemas: Record<string, object> }
}

const describeRows = (rows: Record<string, Endpoint>) =>
  describeApi(info, [['/v9', rows]]) as unknown as Described
const describeRow = (wishes: Partial<Endpoint> = {}) => {
  const described = describeRows({ addPhoto: { ...row, ...wishes } })
  const operation = described.paths['/v9/albums/{id}/photos']?.[(wishes.method ?? 'POST').toLowerCase()]
  return { ...described, operation: operation ?? {} }
}
const statusesOf = (wishes?: Partial<Endpoint>) =>
  Object.keys(describeRow(wishes).operation['responses'] as object)

test('names an operation by its row, below its prefix', () => {
  const { operation } = describeRow()

  expect(operation).toMatchObject({ operationId: 'addPhoto', tags: ['Albums'], summary: 'Put a photo in' })
})

test('keeps several methods of one path beside each other', () => {
  const { paths } = describeRows({ one: row, other: { ...row, method: 'DELETE' } })

  expect(Object.keys(paths['/v9/albums/{id}/photos'] ?? {})).toEqual(['post', 'delete'])
})

test('describes parameters as they are written, not as they are parsed', () => {
  const { parameters } = describeRow().operation

  expect(parameters).toMatchObject([
    { name: 'id', in: 'path', required: true },
    { name: 'limit', in: 'query', required: false, schema: { type: 'integer', minimum: 1, maximum: 9 } },
    { name: 'name', in: 'query', required: true },
  ])
})

describe('a shape with a name', () => {
  const { operation, components } = describeRow()
  const reference = (of: unknown, media: string) =>
    (of as { content: Record<string, { schema: { properties: { photo: unknown } } }> }).content[media]?.schema
      .properties.photo

  test('stands once among the components, and is referred to', () => {
    const [created, given] = [
      reference((operation['responses'] as Record<string, unknown>)['201'], 'application/json'),
      reference(operation['requestBody'], 'application/json'),
    ]

    expect(created).toEqual({ $ref: '#/components/schemas/Picture' })
    expect(given).toEqual({ $ref: '#/components/schemas/PictureInput' })
  })

  test('needs of a caller less than the server answers, where there is a default', () => {
    expect(components.schemas['Picture']).toMatchObject({ required: ['id', 'note'] })
    expect(components.schemas['PictureInput']).toMatchObject({ required: ['id'] })
  })
})

describe('who may call', () => {
  const signedIn = [{ bearer: [] }, { cookie: [] }]

  test.each([
    ['user', signedIn],
    ['optional', [{}, ...signedIn]],
    ['anyone', [{}]],
  ] as const)('%s', (access, security) => {
    expect(describeRow({ access }).operation['security']).toEqual(security)
  })
})

describe('errors', () => {
  test('are those of the row and those that follow from its shape, one entry a status', () => {
    expect(statusesOf()).toEqual([
      '201',
      '204',
      '400',
      '401',
      '403',
      '404',
      '413',
      '415',
      '422',
      '500',
      '503',
    ])
    const responses = describeRow().operation['responses'] as Record<string, { description: string }>
    expect(responses['404']?.description).toBe('`photo_not_found`, `not_found`')
  })

  test('of credentials are not those of an endpoint that reads none', () => {
    expect(statusesOf({ access: 'anyone' })).not.toContain('401')
  })

  test('of a rate limit are those of an endpoint that has one', () => {
    expect(statusesOf()).not.toContain('429')
    expect(statusesOf({ rateLimited: true })).toContain('429')
  })
})

test('an answer of bytes has its media type, one of nothing has no content', () => {
  const { operation } = describeRow({ replies: { 200: jpeg, 204: nothing } })

  expect(operation['responses']).toMatchObject({ 200: { content: { 'image/jpeg': {} } } })
  expect((operation['responses'] as Record<string, object>)['204']).not.toHaveProperty('content')
})

test('an upload is a form with its file, its fields and what may stand beside the file', () => {
  const { body: _body, ...withoutBody } = row
  const upload = {
    media: 'multipart/form-data',
    fields: z.object({ size: z.string().optional() }),
    files: { notes: { media: 'text/plain', description: 'a page of notes' } },
  } as const
  const { paths } = describeRows({ send: { ...withoutBody, upload } })

  expect(paths['/v9/albums/{id}/photos']?.['post']?.['requestBody']).toMatchObject({
    required: true,
    content: {
      'multipart/form-data': {
        schema: {
          required: ['file'],
          properties: { size: { type: 'string' }, notes: { description: 'a page of notes' }, file: {} },
        },
      },
    },
  })
})

test('nothing in the description of the whole contract refers to what is not there', () => {
  const document = describeApi(info, [['/api/v1', endpoints]])
  const text = JSON.stringify(document)

  const names = [...text.matchAll(/"\$ref":"#\/components\/schemas\/([^"]+)"/g)].map(
    (match) => match[1] ?? '',
  )
  expect(names.length).toBeGreaterThan(20)
  const { schemas } = (document as unknown as Described).components
  expect(names.filter((name) => !(name in schemas))).toEqual([])
  expect(text).not.toContain('$defs')
})
