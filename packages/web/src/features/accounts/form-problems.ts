import { ApiError } from '@imalink/client'
import { sentenceOf } from '../../server/backend.ts'

/** What is wrong with a form: sentences by field name, and one for the form when it is about no field. */
export interface FormProblems {
  readonly fields: Readonly<Record<string, string>>
  readonly form: string | null
}

export const noProblems: FormProblems = { fields: {}, form: null }

const fieldOfCode: Readonly<Record<string, string>> = {
  username_taken: 'username',
  email_taken: 'email',
}

interface Issue {
  readonly path: string | readonly PropertyKey[]
  readonly message: string
}

/**
 * Puts each issue at its field; the messages of the contract continue the field's name ("needs at least 8 bytes").
 * An issue at no field of the form is said above it.
 */
export function problemsOf(issues: readonly Issue[], labels: Readonly<Record<string, string>>): FormProblems {
  const fields: Record<string, string> = {}
  const others: string[] = []
  for (const { path, message } of issues) {
    const name = nameIn(path)
    const label = labels[name]
    if (label === undefined) others.push(message)
    else fields[name] ??= sentence(label, message)
  }
  return { fields, form: others.length === 0 ? null : others.join('. ') }
}

function nameIn(path: Issue['path']): string {
  const parts = typeof path === 'string' ? path.split(/[./]/).filter((part) => part !== '') : path
  return String(parts.at(-1) ?? '')
}

/** "Invalid email address" stands by itself; "needs at least 8 bytes" continues the label. */
function sentence(label: string, message: string): string {
  const text = /^\p{Lu}/u.test(message) ? message : `${label} ${message}`
  return /[.!?]$/.test(text) ? text : `${text}.`
}

/** What the server said no to, at the field it is about. */
export function problemsFrom(error: unknown, labels: Readonly<Record<string, string>>): FormProblems {
  if (!(error instanceof ApiError)) return { fields: {}, form: sentenceOf(error) }
  const { errors } = error.problem
  if (errors && errors.length > 0) return problemsOf(errors, labels)
  const field = fieldOfCode[error.code]
  return field === undefined
    ? { fields: {}, form: sentenceOf(error) }
    : { fields: { [field]: sentenceOf(error) }, form: null }
}
