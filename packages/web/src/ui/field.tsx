import { type ComponentProps, type ReactNode, useId } from 'react'
import styles from './field.module.css'

interface Texts {
  readonly label: string
  readonly hint?: string | undefined
  /** What is wrong with it, as a sentence. */
  readonly error?: string | undefined
}

type TextFieldProps = Texts & Omit<ComponentProps<'input'>, 'id'>

export function TextField({ label, hint, error, ...input }: TextFieldProps) {
  const ids = useFieldIds(hint, error)
  return (
    <Frame ids={ids} label={label} hint={hint} error={error} optional={!input.required}>
      <input className={styles.input} {...ids.control} {...input} />
    </Frame>
  )
}

type SelectFieldProps = Texts & Omit<ComponentProps<'select'>, 'id'>

export function SelectField({ label, hint, error, ...select }: SelectFieldProps) {
  const ids = useFieldIds(hint, error)
  return (
    <Frame ids={ids} label={label} hint={hint} error={error} optional={false}>
      <select className={styles.input} {...ids.control} {...select} />
    </Frame>
  )
}

function useFieldIds(hint: string | undefined, error: string | undefined) {
  const id = useId()
  const described = [hint && `${id}-hint`, error && `${id}-error`].filter(Boolean).join(' ')
  return {
    id,
    control: {
      id,
      'aria-invalid': error !== undefined,
      ...(described === '' ? {} : { 'aria-describedby': described }),
    },
  }
}

interface FrameProps extends Texts {
  readonly ids: { readonly id: string }
  readonly optional: boolean
  readonly children: ReactNode
}

function Frame({ ids: { id }, label, hint, error, optional, children }: FrameProps) {
  return (
    <div className={styles.field}>
      <span>
        <label className={styles.label} htmlFor={id}>
          {label}
        </label>
        {optional && <span className={styles.optional}> (optional)</span>}
      </span>
      {children}
      {hint && (
        <span id={`${id}-hint`} className={styles.hint}>
          {hint}
        </span>
      )}
      {error && (
        <span id={`${id}-error`} className={styles.error}>
          {error}
        </span>
      )}
    </div>
  )
}
