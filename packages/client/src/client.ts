import {
  API_PATH,
  type AnswerOf,
  type CallInput,
  type Endpoint,
  type Problem,
  problem as problemSchema,
} from '@imalink/contract'

/** What the server answered instead of what was asked for. */
export class ApiError extends Error {
  readonly status: number
  readonly code: string
  readonly problem: Problem
  /** Seconds the server asks to wait, null where it does not say. */
  readonly retryAfter: number | null

  constructor(problem: Problem, retryAfter: number | null) {
    super(problem.detail)
    this.name = 'ApiError'
    this.status = problem.status
    this.code = problem.code
    this.problem = problem
    this.retryAfter = retryAfter
  }
}

/** No answer at all: the server is down, or the network is. */
export class UnreachableError extends Error {
  readonly url: string

  constructor(url: string, cause: unknown) {
    super(`${URL.canParse(url) ? new URL(url).host : 'The server'} does not answer`, { cause })
    this.name = 'UnreachableError'
    this.url = url
  }
}

export interface Server {
  /** Where the contract's paths begin, `http://127.0.0.1:8000/api/v1`; `/api/v1` in a page of the backend's own. */
  readonly baseUrl: string
  /** An access token or API key; a browser has its cookie instead. */
  readonly token?: string
  readonly signal?: AbortSignal
}

/** The backend at `origin`, such as `http://127.0.0.1:8000`; an empty origin is the page's own. */
export function backendAt(origin: string, token?: string): Server {
  return { baseUrl: origin.replace(/\/+$/, '') + API_PATH, ...(token === undefined ? {} : { token }) }
}

/**
 * Calls an endpoint of the contract and answers its JSON body (undefined for 204).
 * Throws `ApiError` for an error answer, `UnreachableError` when there is none.
 */
export async function call<E extends Endpoint>(
  server: Server,
  endpoint: E,
  input: CallInput<E>,
): Promise<AnswerOf<E>> {
  const { params, query, body } = input as { params?: Values; query?: Values; body?: unknown }
  const response = await send(server, server.baseUrl + fillPath(endpoint.path, params) + queryString(query), {
    method: endpoint.method,
    headers: {
      ...authorization(server),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  // The server shapes its answers by the same contract row.
  return (response.status === 204 ? undefined : await readJson(server, response)) as AnswerOf<E>
}

type Values = Readonly<Record<string, unknown>>

function fillPath(path: string, params: Values = {}): string {
  return path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(String(params[name])))
}

function queryString(query: Values = {}): string {
  const given = Object.entries(query).filter(([, value]) => value !== undefined && value !== null)
  const pairs = given.map(([name, value]): [string, string] => [name, String(value)])
  return pairs.length === 0 ? '' : `?${new URLSearchParams(pairs)}`
}

/** The header that says who calls. */
export function authorization(server: Server): Record<string, string> {
  return server.token === undefined ? {} : { authorization: `Bearer ${server.token}` }
}

/** `fetch`, with error answers and silence turned into `ApiError` and `UnreachableError`. */
export async function send(server: Server, url: string, init: RequestInit): Promise<Response> {
  const response = await reach(url, server.signal ? { ...init, signal: server.signal } : init)
  if (!response.ok) throw await asApiError(response)
  return response
}

/** The JSON of an answer; one that breaks off in the middle is no answer. */
export async function readJson(server: Server, response: Response): Promise<unknown> {
  const text = await response.text().catch((cause: unknown) => {
    if (server.signal?.aborted) throw cause
    throw new UnreachableError(response.url, cause)
  })
  try {
    return JSON.parse(text)
  } catch {
    throw new ApiError({ ...unexplained(response), status: 502 }, null)
  }
}

async function reach(url: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(url, init)
  } catch (cause) {
    if (init.signal?.aborted) throw cause
    throw new UnreachableError(url, cause)
  }
}

async function asApiError(response: Response): Promise<ApiError> {
  const seconds = Number(response.headers.get('retry-after') ?? Number.NaN)
  const parsed = problemSchema.safeParse(await response.json().catch(() => undefined))
  const problem = parsed.success ? parsed.data : unexplained(response)
  return new ApiError(problem, Number.isFinite(seconds) ? seconds : null)
}

/** A proxy on the way answers in words of its own. */
function unexplained(response: Response): Problem {
  const detail = `The server answered ${response.status} ${response.statusText}`.trim()
  return {
    type: 'about:blank',
    title: 'Unexpected answer',
    status: response.status,
    code: 'unexpected_answer',
    detail,
  }
}
