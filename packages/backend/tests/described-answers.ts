import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js'
import type { FastifyInstance } from 'fastify'

/** What an operation may answer. */
interface Described {
  readonly content?: Readonly<Record<string, { readonly schema: object }>>
}

interface Operation {
  readonly responses: Readonly<Record<string, Described>>
}

/** As far as it is read here; `api-description.test.ts` finds out whether it is valid. */
export interface ApiDescription {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>
}

/**
 * Holds every answer of the app against its own OpenAPI description: status, media type and body. For an app that does
 * not listen yet; `begin` as soon as it does. `misfits` are the answers that did not fit, as sentences.
 */
export function holdAgainstDescription(app: FastifyInstance) {
  const misfits = new Set<string>()
  let answers: DescribedAnswers | null = null
  app.addHook('onSend', async (request, reply, payload) => {
    const path = request.routeOptions.url?.replace(/:(\w+)/g, '{$1}') ?? ''
    const media = String(reply.getHeader('content-type') ?? '').split(';', 1)[0] ?? ''
    const misfit = answers?.misfit(
      { method: request.method, path },
      { status: reply.statusCode, media, payload },
    )
    const what = `${request.method} ${request.routeOptions.url}`
    if (misfit) misfits.add(`${what} is answered ${reply.statusCode}: ${misfit}`)
  })
  return {
    misfits,
    async begin() {
      const { body } = await app.inject('/api/v1/openapi.json')
      answers = new DescribedAnswers(JSON.parse(body) as ApiDescription) // Served as one.
    },
  }
}

/** An answer as it goes out. */
export interface Answer {
  readonly status: number
  /** Without parameters; empty where it has none. */
  readonly media: string
  readonly payload: unknown
}

/** Holds answers against a description. */
export class DescribedAnswers {
  readonly #description: ApiDescription
  readonly #ajv = new Ajv2020({ strict: false, validateFormats: false, allErrors: false })
  readonly #validators = new Map<string, ValidateFunction>()

  constructor(description: ApiDescription) {
    this.#description = description
    this.#ajv.addSchema(description, 'api')
  }

  /** What is wrong with an answer; null for a right one, and for pages that are not of the API. */
  misfit(
    { method, path }: { readonly method: string; readonly path: string },
    answer: Answer,
  ): string | null {
    const operation = this.#description.paths[path]?.[method.toLowerCase()]
    if (operation === undefined) return null
    const described = operation.responses[answer.status]
    if (described === undefined) return 'the status is not described'
    const place = ['paths', path, method.toLowerCase(), 'responses', `${answer.status}`]
    return this.#misfitBody(described, place, answer)
  }

  #misfitBody({ content }: Described, place: readonly string[], { media, payload }: Answer): string | null {
    if (content === undefined) return isNothing(payload) ? null : 'a body is not described'
    if (!(media in content)) return `the media type "${media}" is not described`
    if (!/json$/.test(media)) return null
    const validate = this.#validatorAt([...place, 'content', media, 'schema'])
    if (validate(JSON.parse(String(payload)))) return null
    return this.#ajv.errorsText(validate.errors)
  }

  #validatorAt(place: readonly string[]): ValidateFunction {
    const pointer = place.map((part) => encodeURIComponent(part.replaceAll('~', '~0').replaceAll('/', '~1')))
    const ref = `api#/${pointer.join('/')}`
    const known = this.#validators.get(ref) ?? this.#ajv.compile({ $ref: ref })
    this.#validators.set(ref, known)
    return known
  }
}

function isNothing(payload: unknown): boolean {
  return payload === undefined || payload === null || payload === ''
}
