// The reference for reading previews, in a process of its own as the backend is: bytes in memory, one route, no questions.
import Fastify from 'fastify'

const bytes = Buffer.from(process.argv[2] ?? '', 'base64')
const app = Fastify()
app.get('/*', (_request, reply) => reply.type('image/jpeg').send(bytes))
process.send?.(await app.listen({ host: '127.0.0.1', port: 0 }))
