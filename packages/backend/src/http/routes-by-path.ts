import type { FastifyInstance } from 'fastify'

interface KnownRoute {
  readonly pattern: RegExp
  readonly methods: Set<string>
}

const routesOf = new WeakMap<object, Map<string, KnownRoute>>()

/** Remembers every route registered from here on, so that a wrong method can be told from a wrong path. */
export function rememberRoutes(app: FastifyInstance): void {
  const routes = new Map<string, KnownRoute>()
  routesOf.set(app.server, routes)
  app.addHook('onRoute', ({ url, method }) => {
    const known = routes.get(url) ?? { pattern: asPattern(url), methods: new Set() }
    for (const name of [method].flat()) known.methods.add(name)
    routes.set(url, known)
  })
}

/** The methods that a path answers, sorted. */
export function methodsOf(app: FastifyInstance, path: string): string[] {
  const routes = [...(routesOf.get(app.server)?.values() ?? [])]
  const methods = routes.filter((route) => route.pattern.test(path)).flatMap((route) => [...route.methods])
  return [...new Set(methods)].sort()
}

/** Without query and trailing slash. */
export function canonicalPath(url: string): string {
  const path = url.split('?', 1)[0] ?? ''
  return path.length > 1 ? path.replace(/\/$/, '') : path
}

function asPattern(url: string): RegExp {
  const source = url
    .split('/')
    .map((part) => (part.startsWith(':') ? '[^/]+' : part.replace(/[^\w-]/g, '\\$&')))
  return new RegExp(`^${source.join('/')}$`)
}
