import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'

interface Answer {
  readonly content?: Readonly<Record<string, { readonly schema: object }>>
}

interface Operation {
  readonly responses: Readonly<Record<string, Answer>>
}

/** As far as it is read here; `api-description.test.ts` finds out whether it is valid. */
interface ApiDescription {
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
    const misfit = answers?.misfit(request, reply, payload)
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

class DescribedAnswers {
  readonly #description: ApiDescription
  readonly #ajv = new Ajv2020({ strict: false, validateFormats: false, allErrors: false })
  readonly #validators = new Map<string, ValidateFunction>()

  constructor(description: ApiDescription) {
    this.#description = description
    this.#ajv.addSchema(description, 'api')
  }

  /** What is wrong with an answer; null for a right one, and for pages that are not of the API. */
  misfit({ routeOptions, method }: FastifyRequest, reply: FastifyReply, payload: unknown): string | null {
    const path = routeOptions.url?.replace(/:(\w+)/g, '{$1}')
    const operation = this.#description.paths[path ?? '']?.[method.toLowerCase()]
    if (path === undefined || operation === undefined) return null
    const answer = operation.responses[reply.statusCode]
    if (answer === undefined) return 'the status is not described'
    return this.#misfitBody(
      answer,
      ['paths', path, method.toLowerCase(), 'responses', `${reply.statusCode}`],
      {
        media: String(reply.getHeader('content-type') ?? '').split(';', 1)[0] ?? '',
        payload,
      },
    )
  }

  #misfitBody(
    { content }: Answer,
    place: readonly string[],
    { media, payload }: { readonly media: string; readonly payload: unknown },
  ): string | null {
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
