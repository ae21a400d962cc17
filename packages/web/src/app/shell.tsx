import { type ReactNode, useSyncExternalStore } from 'react'
import { Link, Outlet, useLocation, useNavigate } from 'react-router'
import { DropAnywhere } from '../features/import/drop-anywhere.tsx'
import { useImport } from '../features/import/import-provider.tsx'
import { sentenceOf } from '../server/backend.ts'
import { useMe, useSignOut } from '../server/session.ts'
import { Icon, type IconName } from '../ui/icon.tsx'
import { useToast } from '../ui/toast.tsx'
import styles from './shell.module.css'

/** The frame of every page: where to go, who is signed in, and a place to drop photos on. */
export function Shell() {
  const navigate = useNavigate()
  return (
    <>
      <a className={styles.skip} href="#main" data-frame>
        Skip to content
      </a>
      <header className={styles.header} data-frame>
        <Link to="/" className={styles.brand} aria-label="ImaLink home">
          <img src="/favicon.svg" width="28" height="28" alt="" />
          <span>ImaLink</span>
        </Link>
        <MainNavigation />
        <AccountCorner />
      </header>
      <OfflineBar />
      <main id="main" tabIndex={-1} className={styles.main}>
        <Outlet />
      </main>
      <DropAnywhere onStart={() => void navigate('/import')} />
    </>
  )
}

const timelinePath = /^\/(\d{4}\b.*|undated)?$/

function MainNavigation() {
  return (
    <nav className={styles.nav} aria-label="Main">
      <Tab to="/" icon="timeline" name="Timeline" />
      <Tab to="/search" icon="search" name="Search" />
      <Tab to="/import" icon="import" name="Import">
        <ImportBadge />
      </Tab>
      <Tab to="/trash" icon="trash" name="Trash" />
    </nav>
  )
}

interface TabProps {
  readonly to: string
  readonly icon: IconName
  readonly name: string
  readonly children?: ReactNode
}

function Tab({ to, icon, name, children }: TabProps) {
  const { pathname } = useLocation()
  const isCurrent = to === '/' ? timelinePath.test(pathname) : pathname === to
  return (
    <Link to={to} className={styles.tab} aria-current={isCurrent ? 'page' : undefined}>
      <Icon name={icon} />
      {name}
      {children}
    </Link>
  )
}

function ImportBadge() {
  const { state, isRunning } = useImport()
  if (!state || !isRunning) return null
  const percent = Math.floor((100 * state.counts.done) / Math.max(1, state.found))
  return (
    <span className={styles.badge} aria-hidden="true">
      {percent} %
    </span>
  )
}

function AccountCorner() {
  const me = useMe()
  const { pathname } = useLocation()
  const signOut = useSignOut()
  const toast = useToast()
  return (
    <div className={styles.corner}>
      <Link
        to="/account"
        className={styles.tab}
        aria-label={`Account of ${me.display_name}`}
        aria-current={pathname === '/account' ? 'page' : undefined}
      >
        <Icon name="account" />
        <span className={styles.userName}>{me.display_name}</span>
      </Link>
      <button
        type="button"
        className={styles.tab}
        aria-label="Sign out"
        title="Sign out"
        onClick={() => signOut.mutate(undefined, { onError: (error) => toast({ text: sentenceOf(error) }) })}
      >
        <Icon name="signOut" />
      </button>
    </div>
  )
}

function OfflineBar() {
  const isOnline = useSyncExternalStore(subscribeToOnline, () => navigator.onLine)
  if (isOnline) return null
  return (
    <div className={styles.offline} role="status">
      You are offline. What is on the page stays; the rest comes when you are back.
    </div>
  )
}

function subscribeToOnline(onChange: () => void): () => void {
  window.addEventListener('online', onChange)
  window.addEventListener('offline', onChange)
  return () => {
    window.removeEventListener('online', onChange)
    window.removeEventListener('offline', onChange)
  }
}
