import { ApiError, UnreachableError, backendAt, call } from '@imalink/client'
import type { AnswerOf, CallInput, Endpoint } from '@imalink/contract'

/** The backend that this page came from; the browser's cookie says who asks. */
export const backend = backendAt('')

/** Calls the page's own backend. Throws what `call` throws. */
export function ask<E extends Endpoint>(
  endpoint: E,
  input: CallInput<E>,
  signal?: AbortSignal,
): Promise<AnswerOf<E>> {
  return call(signal ? { ...backend, signal } : backend, endpoint, input)
}

export function isUnauthenticated(error: unknown): boolean {
  return error instanceof ApiError && error.status === 401
}

export function isMissing(error: unknown): boolean {
  return error instanceof ApiError && error.status === 404
}

/** One sentence for the person in front of the page. */
export function sentenceOf(error: unknown): string {
  if (error instanceof UnreachableError) {
    return 'ImaLink does not answer. Check that it is running and that you are online.'
  }
  if (error instanceof ApiError && error.retryAfter !== null) {
    return `${asSentence(error.problem.detail)} Try again in ${error.retryAfter} s.`
  }
  if (error instanceof Error) return asSentence(error.message)
  return 'Something went wrong.'
}

function asSentence(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`
}
