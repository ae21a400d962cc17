import { type ApiKey, keyScope } from '@imalink/contract'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { apiKeysQuery, useCreateApiKey, useRevokeApiKey } from '../../server/api-keys.ts'
import { sentenceOf } from '../../server/backend.ts'
import { Button } from '../../ui/button.tsx'
import { ConfirmDialog } from '../../ui/dialog.tsx'
import { SelectField, TextField } from '../../ui/field.tsx'
import { ProblemNotice, Waiting } from '../../ui/notice.tsx'
import { formatInstant } from '../../ui/quantities.ts'
import { useToast } from '../../ui/toast.tsx'
import styles from './accounts.module.css'
import { problemsFrom } from './form-problems.ts'
import { textOf } from './sign-in-page.tsx'

const scopes = { read: 'Read only', import: 'Import only', full: 'Everything' } as const

/** Keys for programs: made, shown once, listed without their secret, revoked. */
export function ApiKeys() {
  return (
    <section className={styles.section} aria-labelledby="api-keys">
      <div>
        <h2 id="api-keys">API keys</h2>
        <p className={styles.lead}>
          For programs that work in your name, such as the command line on a server.
        </p>
      </div>
      <NewKey />
      <KeyList />
    </section>
  )
}

function NewKey() {
  const create = useCreateApiKey()
  const problems = create.error ? problemsFrom(create.error, { name: 'Name' }) : null
  return (
    <>
      <form
        className={styles.newKey}
        aria-label="Create an API key"
        onSubmit={(event) => {
          event.preventDefault()
          const form = event.currentTarget
          const data = new FormData(form)
          create.mutate(
            { name: textOf(data, 'name').trim(), scope: keyScope.parse(data.get('scope')) },
            { onSuccess: () => form.reset() },
          )
        }}
      >
        <TextField label="Name" name="name" required maxLength={100} error={problems?.fields['name']} />
        <SelectField label="May do" name="scope" defaultValue="import">
          {keyScope.options.map((scope) => (
            <option key={scope} value={scope}>
              {scopes[scope]}
            </option>
          ))}
        </SelectField>
        <Button type="submit" kind="primary" disabled={create.isPending}>
          Create key
        </Button>
      </form>
      {problems?.form && <ProblemNotice sentence={problems.form} />}
      {create.data && <SecretOnce name={create.data.name} secret={create.data.key} />}
    </>
  )
}

function SecretOnce({ name, secret }: { readonly name: string; readonly secret: string }) {
  const toast = useToast()
  const copy = () => {
    navigator.clipboard.writeText(secret).then(
      () => toast({ text: 'Key copied' }),
      () => toast({ text: 'The browser does not let this page copy. Select the key and copy it by hand.' }),
    )
  }
  return (
    <div className={styles.secret} role="status">
      <p>The key “{name}” is shown this once. Keep it where only you can read it.</p>
      <code>{secret}</code>
      <Button icon="copy" onClick={copy}>
        Copy key
      </Button>
    </div>
  )
}

function KeyList() {
  const keys = useQuery(apiKeysQuery)
  const revoke = useRevokeApiKey()
  const [asked, setAsked] = useState<ApiKey | null>(null)
  if (keys.isPending) return <Waiting />
  if (keys.isError) return <ProblemNotice sentence={sentenceOf(keys.error)} onRetry={keys.refetch} />
  if (keys.data.data.length === 0) return <p className={styles.lead}>No keys yet.</p>
  return (
    <>
      {revoke.error && <ProblemNotice sentence={sentenceOf(revoke.error)} />}
      <ul className={styles.keys} aria-label="API keys">
        {keys.data.data.map((key) => (
          <KeyRow key={key.id} apiKey={key} onRevoke={() => setAsked(key)} />
        ))}
      </ul>
      {asked && (
        <ConfirmDialog
          title={`Revoke “${asked.name}”?`}
          action="Revoke key"
          onCancel={() => setAsked(null)}
          onConfirm={() => {
            revoke.mutate(asked.id)
            setAsked(null)
          }}
        >
          Programs that use it are refused from then on. This cannot be undone.
        </ConfirmDialog>
      )}
    </>
  )
}

function KeyRow({ apiKey, onRevoke }: { readonly apiKey: ApiKey; onRevoke(): void }) {
  const used = apiKey.last_used_at === null ? 'never used' : `last used ${formatInstant(apiKey.last_used_at)}`
  return (
    <li className={styles.key}>
      <div>
        <div>{apiKey.name}</div>
        <div className={styles.keyFacts}>
          {scopes[apiKey.scope]} · <code>{apiKey.prefix}…</code> · made {formatInstant(apiKey.created_at)} ·{' '}
          {used}
        </div>
      </div>
      <Button onClick={onRevoke} aria-label={`Revoke ${apiKey.name}`}>
        Revoke
      </Button>
    </li>
  )
}
