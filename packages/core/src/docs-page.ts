import swagger from '@fastify/swagger'
import swaggerUi from '@fastify/swagger-ui'
import { coreEndpoints, describeApi } from '@imalink/contract'
import type { FastifyInstance } from 'fastify'
import { RECIPE } from './recipe.ts'
import { version } from './version.ts'

/** Everything the page needs comes from the server itself; there is no inline script. */
const CONTENT_SECURITY_POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; " +
  "font-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

/** The OpenAPI description of core, made from the contract. */
function describeCore(): Record<string, unknown> {
  return describeApi(
    {
      title: 'ImaLink core',
      version,
      description:
        `One image in, one PhotoEgg out; nothing is kept. Recipe ${RECIPE}. A request that a web page sends needs an ` +
        'allowed Origin, every request an allowed Host, and the bearer token where one is set.',
    },
    [
      ['', coreEndpoints],
      ['/api', { processAlias: coreEndpoints.process }],
    ],
  )
}

/** `/openapi.json` and a page to read it at `/docs`. */
export async function serveDocs(app: FastifyInstance): Promise<void> {
  const document = describeCore()
  // The document is OpenAPI 3.1 by construction; the plugin's type wants it spelt out.
  await app.register(swagger, { mode: 'static', specification: { document: document as never } })
  await app.register(swaggerUi, {
    routePrefix: '/docs',
    staticCSP: CONTENT_SECURITY_POLICY,
    // A page of core's own origin may not call core either: only the backend's page may.
    uiConfig: { supportedSubmitMethods: [] },
  })
  app.get('/openapi.json', (_request, reply) => reply.send(document))
}
