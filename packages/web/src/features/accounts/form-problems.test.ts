import { ApiError, UnreachableError } from '@imalink/client'
import { endpoints, makeProblem } from '@imalink/contract'
import { expect, test } from 'vitest'
import { problemsFrom, problemsOf } from './form-problems.ts'

const labels = { email: 'E-mail', username: 'Username', password: 'Password' }

test('a password that is too short or too long is told at its field in a whole sentence', () => {
  const said = (password: string) => {
    const checked = endpoints.register.body.safeParse({ email: 'ada@example.org', password })
    return problemsOf(checked.error?.issues ?? [], labels)
  }

  expect(said('short')).toEqual({
    fields: { password: 'Password needs at least 8 bytes, which are 8 plain letters.' },
    form: null,
  })
  expect(said('å'.repeat(37)).fields['password']).toContain('longer than 72 bytes')
  expect(said('å'.repeat(36))).toEqual({ fields: {}, form: null })
})

test('the issues of the server find their field however its path is written', () => {
  for (const path of ['username', '/username', 'body.username']) {
    const error = new ApiError(
      makeProblem('validation_failed', 'No', { errors: [{ path, message: 'is reserved' }] }),
      null,
    )

    expect(problemsFrom(error, labels).fields).toEqual({ username: 'Username is reserved.' })
  }
})

test('a name that is taken is told at the name', () => {
  const error = new ApiError(makeProblem('username_taken', 'The username is taken'), null)

  expect(problemsFrom(error, labels)).toEqual({ fields: { username: 'The username is taken.' }, form: null })
})

test('what is about no field is told above the form, with how long to wait', () => {
  const busy = new ApiError(makeProblem('rate_limited', 'Too many attempts'), 30)
  const silent = new UnreachableError('/api/v1/auth/login', new TypeError('Failed to fetch'))

  expect(problemsFrom(busy, labels).form).toBe('Too many attempts. Try again in 30 s.')
  expect(problemsFrom(silent, labels).form).toContain('does not answer')
})
