import swagger, { type StaticDocumentSpec } from '@fastify/swagger'
import swaggerUi from '@fastify/swagger-ui'
import { API_PATH, describeApi, endpoints, rootEndpoints } from '@imalink/contract'
import type { FastifyInstance } from 'fastify'
import { VERSION } from '../version.ts'

const info = {
  title: 'ImaLink',
  version: VERSION,
  description: 'Remembers every photo its users own, while the originals stay where they are.',
}

/** The description of every endpoint at `/api/v1/openapi.json`, and a page to browse it at `/docs`. */
export async function serveApiDescription(app: FastifyInstance): Promise<void> {
  const document = describeApi(info, [
    [API_PATH, endpoints],
    ['', rootEndpoints],
  ])
  app.get(`${API_PATH}/openapi.json`, () => document)
  // The plugin only hands the document on; its type knows OpenAPI up to 3.0.
  const specification = { document: document as unknown as StaticDocumentSpec['document'] }
  await app.register(swagger, { mode: 'static', specification })
  await app.register(swaggerUi, { routePrefix: '/docs', staticCSP: true })
}
