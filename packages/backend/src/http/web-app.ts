import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import fastifyStatic from '@fastify/static'
import { API_PATH } from '@imalink/contract'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { VERSION } from '../version.ts'
import { answerNotFound } from './problems.ts'

const YEAR_SECONDS = 31_536_000

/** Serves the built web app: its files, and its page at every address that is not the API's and asks for HTML. */
export async function serveWebApp(app: FastifyInstance, folder: string): Promise<void> {
  const index = join(folder, 'index.html')
  const isBuilt = existsSync(index)
  if (isBuilt) {
    await app.register(fastifyStatic, {
      root: folder,
      index: false,
      setHeaders: (reply, file) => {
        const isNamedByContent = file.includes('/assets/')
        reply.header(
          'cache-control',
          isNamedByContent ? `public, max-age=${YEAR_SECONDS}, immutable` : 'no-cache',
        )
      },
    })
  }
  const sendPage = async (reply: FastifyReply) =>
    reply
      .header('cache-control', 'no-cache')
      .type('text/html; charset=utf-8')
      .send(await readFile(index))
  app.get('/', (request, reply) => {
    if (isBuilt && wantsHtml(request)) return sendPage(reply)
    return reply.send({ name: 'imalink-backend', version: VERSION, api: API_PATH, docs: '/docs' })
  })
  app.setNotFoundHandler((request, reply) => {
    if (isBuilt && isPage(request)) return sendPage(reply)
    return answerNotFound(request, reply)
  })
}

function wantsHtml(request: FastifyRequest): boolean {
  return request.headers.accept?.includes('text/html') === true
}

function isPage(request: FastifyRequest): boolean {
  return (
    request.method === 'GET' &&
    wantsHtml(request) &&
    !/^\/(api|docs|assets|health|ready|metrics)(\/|$|\?)/.test(request.url)
  )
}
