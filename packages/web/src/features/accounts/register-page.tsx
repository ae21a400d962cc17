import { endpoints } from '@imalink/contract'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { Link, useLocation, useSearchParams } from 'react-router'
import { type Registration, capabilitiesQuery, useRegister } from '../../server/session.ts'
import { Button } from '../../ui/button.tsx'
import { TextField } from '../../ui/field.tsx'
import { Notice, ProblemNotice } from '../../ui/notice.tsx'
import styles from './accounts.module.css'
import { type FormProblems, noProblems, problemsFrom, problemsOf } from './form-problems.ts'
import { textOf } from './sign-in-page.tsx'
import { WelcomeCard } from './welcome-card.tsx'

const labels = {
  email: 'E-mail',
  username: 'Username',
  password: 'Password',
  display_name: 'Display name',
  invite: 'Invitation code',
}

export function RegisterPage() {
  const state: unknown = useLocation().state
  const { data } = useQuery(capabilitiesQuery)
  return (
    <WelcomeCard
      title="Create an account"
      lead="It holds your timeline. Nobody sees your photos unless you share them."
    >
      {data?.registration === 'closed' ? (
        <Notice>Accounts on this server are made by its administrator.</Notice>
      ) : (
        <RegisterForm needsInvite={data?.registration === 'invite'} />
      )}
      <p>
        Have an account already?{' '}
        <Link to="/sign-in" state={state}>
          Sign in
        </Link>
      </p>
    </WelcomeCard>
  )
}

function RegisterForm({ needsInvite }: { readonly needsInvite: boolean }) {
  const register = useRegister()
  const [query] = useSearchParams()
  const [problems, setProblems] = useState<FormProblems>(noProblems)
  const submit = (registration: Registration) => {
    const checked = endpoints.register.body.safeParse(registration)
    if (!checked.success) return setProblems(problemsOf(checked.error.issues, labels))
    setProblems(noProblems)
    register.mutate(registration, { onError: (error) => setProblems(problemsFrom(error, labels)) })
  }
  const { fields } = problems
  return (
    <form
      className={styles.form}
      aria-label="Create an account"
      noValidate
      onSubmit={(event) => {
        event.preventDefault()
        submit(registrationFrom(new FormData(event.currentTarget)))
      }}
    >
      {problems.form !== null && <ProblemNotice sentence={problems.form} />}
      <TextField
        label="E-mail"
        name="email"
        type="email"
        autoComplete="email"
        required
        error={fields['email']}
      />
      <TextField
        label="Password"
        name="password"
        type="password"
        autoComplete="new-password"
        required
        hint="8 to 72 bytes: as many plain letters, fewer with accents or emoji."
        error={fields['password']}
      />
      <TextField
        label="Username"
        name="username"
        autoComplete="username"
        autoCapitalize="none"
        hint="Letters, digits, dots, hyphens and underscores. Left out, one is made up."
        error={fields['username']}
      />
      {needsInvite && (
        <TextField
          label="Invitation code"
          name="invite"
          required
          defaultValue={query.get('invite') ?? ''}
          error={fields['invite']}
        />
      )}
      <Button type="submit" kind="primary" disabled={register.isPending}>
        Create account
      </Button>
    </form>
  )
}

function registrationFrom(form: FormData): Registration {
  const username = textOf(form, 'username').trim()
  const invite = textOf(form, 'invite').trim()
  return {
    email: textOf(form, 'email').trim(),
    password: textOf(form, 'password'),
    ...(username === '' ? {} : { username }),
    ...(invite === '' ? {} : { invite }),
  }
}
