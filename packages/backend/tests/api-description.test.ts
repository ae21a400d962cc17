import { API_PATH, type Endpoint, endpoints, rootEndpoints } from '@imalink/contract'
import { Validator } from '@seriousme/openapi-schema-validator'
import { describe, expect, test } from 'vitest'
import { testApp } from './test-app.ts'

const { anonymous, app } = await testApp()
const { body, status } = await anonymous.get('/api/v1/openapi.json')

interface Operation {
  readonly operationId: string
  readonly responses: Record<string, unknown>
  readonly parameters: readonly { name: string; in: string }[]
  readonly requestBody?: unknown
}
// What the document must be is what the tests below find out.
const document = body as {
  openapi: string
  paths: Record<string, Record<string, Operation>>
}

const rows: [string, string, Endpoint][] = [
  ...Object.entries<Endpoint>(endpoints).map(
    ([name, row]) => [name, API_PATH + row.path, row] satisfies [string, string, Endpoint],
  ),
  ...Object.entries<Endpoint>(rootEndpoints).map(
    ([name, row]) => [name, row.path, row] satisfies [string, string, Endpoint],
  ),
]

test('is valid OpenAPI 3.1 in which every reference leads somewhere', async () => {
  expect(status).toBe(200)
  const validator = new Validator()

  const result = await validator.validate(structuredClone(document))

  expect(result).toEqual({ valid: true })
  expect(validator.version).toBe('3.1')
  expect(() => validator.resolveRefs()).not.toThrow()
  const targets = [...JSON.stringify(document).matchAll(/"\$ref":"#\/([^"]+)"/g)].map(
    (match) => match[1] ?? '',
  )
  expect(targets.length).toBeGreaterThan(10)
  for (const target of targets) expect(document).toHaveProperty(target.split('/'))
})

test('has nothing that is not in the contract, and no name twice', () => {
  const operations = Object.values(document.paths).flatMap((path) => Object.values(path))

  expect(operations.map((operation) => operation.operationId).sort()).toEqual(
    rows.map(([name]) => name).sort(),
  )
})

describe.each(rows)('%s', (name, path, row) => {
  test('is described with its parameters, its body and its answers, and is served', () => {
    const operation = document.paths[path]?.[row.method.toLowerCase()]

    expect(operation?.operationId).toBe(name)
    const named = [...path.matchAll(/\{(\w+)\}/g)].map((match) => match[1])
    expect(operation?.parameters.filter((one) => one.in === 'path').map((one) => one.name)).toEqual(named)
    expect(operation?.requestBody !== undefined).toBe(row.body !== undefined || row.upload !== undefined)
    for (const answer of Object.keys(row.replies)) expect(operation?.responses).toHaveProperty(answer)
    const url = path.replace(/\{(\w+)\}/g, ':$1')
    expect(app.hasRoute({ method: row.method, url })).toBe(true)
  })
})

test('can be browsed', async () => {
  const page = await anonymous.get('/docs', { accept: 'text/html' })
  const settled = page.status === 200 ? page : await anonymous.get(page.headers.get('location') ?? '')

  expect(settled.status).toBe(200)
  const html = settled.bytes.toString()
  expect(html).toContain('swagger-ui')
  const scripts = [...html.matchAll(/(?:src|href)="([^"]+\.(?:js|css))"/g)].map((match) => match[1] ?? '')
  expect(scripts.length).toBeGreaterThan(2)
  for (const script of scripts) {
    const { pathname } = new URL(script, 'http://server/docs/')
    expect((await anonymous.get(pathname)).status).toBe(200)
  }
  expect((await anonymous.get('/docs/json')).body).toMatchObject({ openapi: '3.1.0' })
})
