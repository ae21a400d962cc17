import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useLocation } from 'react-router'
import { capabilitiesQuery, useSignIn } from '../../server/session.ts'
import { Button, ButtonLink } from '../../ui/button.tsx'
import { TextField } from '../../ui/field.tsx'
import { ProblemNotice } from '../../ui/notice.tsx'
import styles from './accounts.module.css'
import { type FormProblems, noProblems, problemsFrom } from './form-problems.ts'
import { WelcomeCard } from './welcome-card.tsx'

const labels = { email: 'E-mail or username', username: 'E-mail or username', password: 'Password' }

export function SignInPage() {
  return (
    <WelcomeCard
      title="Sign in"
      lead="Your photos, in the order of your life. The originals stay on your own disks."
    >
      <SignInForm />
      <NewHere />
    </WelcomeCard>
  )
}

function SignInForm() {
  const signIn = useSignIn()
  const [problems, setProblems] = useState<FormProblems>(noProblems)
  const submit = (form: FormData) => {
    setProblems(noProblems)
    signIn.mutate(
      { name: textOf(form, 'name').trim(), password: textOf(form, 'password') },
      { onError: (error) => setProblems(problemsFrom(error, labels)) },
    )
  }
  return (
    <form
      className={styles.form}
      aria-label="Sign in"
      onSubmit={(event) => {
        event.preventDefault()
        submit(new FormData(event.currentTarget))
      }}
    >
      {problems.form !== null && <ProblemNotice sentence={problems.form} />}
      <TextField
        label="E-mail or username"
        name="name"
        autoComplete="username"
        autoCapitalize="none"
        required
        error={problems.fields['email'] ?? problems.fields['username']}
      />
      <TextField
        label="Password"
        name="password"
        type="password"
        autoComplete="current-password"
        required
        error={problems.fields['password']}
      />
      <Button type="submit" kind="primary" disabled={signIn.isPending}>
        Sign in
      </Button>
    </form>
  )
}

function NewHere() {
  const state: unknown = useLocation().state
  const { data } = useQuery(capabilitiesQuery)
  if (!data) return null
  if (data.registration === 'closed') {
    return <p className={styles.lead}>Accounts on this server are made by its administrator.</p>
  }
  return (
    <div className={styles.other}>
      <p>
        {data.registration === 'open'
          ? 'First time here? Create an account and bring your photos in.'
          : 'First time here? With an invitation you can create an account.'}
      </p>
      <ButtonLink to="/register" state={state}>
        Create an account
      </ButtonLink>
    </div>
  )
}

/** A text field of a form; only file fields are anything but text. */
export function textOf(form: FormData, name: string): string {
  const value = form.get(name)
  return typeof value === 'string' ? value : ''
}
