import { useMe } from '../../server/session.ts'
import { Page } from '../../ui/page.tsx'
import { formatInstant } from '../../ui/quantities.ts'
import styles from './accounts.module.css'
import { ApiKeys } from './api-keys.tsx'

export function AccountPage() {
  const me = useMe()
  return (
    <Page title="Account" width="narrow">
      <section className={styles.section} aria-labelledby="profile">
        <h2 id="profile">Profile</h2>
        <dl className={styles.facts}>
          <dt>Name</dt>
          <dd>{me.display_name}</dd>
          <dt>Username</dt>
          <dd>{me.username}</dd>
          <dt>E-mail</dt>
          <dd>{me.email}</dd>
          <dt>Since</dt>
          <dd>{formatInstant(me.created_at)}</dd>
          {me.is_admin && (
            <>
              <dt>Role</dt>
              <dd>Administrator of this server</dd>
            </>
          )}
        </dl>
      </section>
      <ApiKeys />
    </Page>
  )
}
