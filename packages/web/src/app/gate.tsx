import { useQuery } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { Navigate, Outlet, ScrollRestoration, useLocation } from 'react-router'
import { ImportProvider } from '../features/import/import-provider.tsx'
import { sentenceOf } from '../server/backend.ts'
import { meQuery } from '../server/session.ts'
import { LastViewedProvider } from '../ui/last-viewed.tsx'
import { ProblemNotice, Waiting } from '../ui/notice.tsx'
import { ToastProvider } from '../ui/toast.tsx'
import styles from './shell.module.css'

/** Lets signed-in users through; others sign in first and come back to where they wanted to go. */
export function SignedIn() {
  const me = useQuery(meQuery)
  const { pathname } = useLocation()
  if (me.data === undefined) return <Arriving error={me.error} onRetry={me.refetch} />
  if (me.data === null) return <Navigate to="/sign-in" replace state={{ returnTo: pathname }} />
  return (
    <ToastProvider>
      <LastViewedProvider>
        <ImportProvider key={me.data.id}>
          <Outlet />
          {/* Behind the pages: a grid scrolls to its own beginning first. */}
          <ScrollRestoration />
        </ImportProvider>
      </LastViewedProvider>
    </ToastProvider>
  )
}

/** The pages for those who are not signed in; whoever is, or becomes it, goes on. */
export function SignedOut() {
  const me = useQuery(meQuery)
  const location = useLocation()
  if (me.data === undefined) return <Arriving error={me.error} onRetry={me.refetch} />
  if (me.data !== null) return <Navigate to={returnTo(location.state)} replace />
  return <Outlet />
}

function returnTo(state: unknown): string {
  const hasPath = typeof state === 'object' && state !== null && 'returnTo' in state
  return hasPath && typeof state.returnTo === 'string' ? state.returnTo : '/'
}

function Arriving({
  error,
  onRetry,
}: {
  readonly error: Error | null
  readonly onRetry: () => unknown
}): ReactNode {
  return (
    <main className={styles.main}>
      {error ? <ProblemNotice sentence={sentenceOf(error)} onRetry={onRetry} /> : <Waiting />}
    </main>
  )
}
