import { setTimeout as sleep } from 'node:timers/promises'
import { call } from '@imalink/client'
import { type ImportSession, endpoints } from '@imalink/contract'
import { describe, expect, test } from 'vitest'
import { anEgg } from './an-egg.ts'
import { ALICE, testApp } from './test-app.ts'

const path = '/api/v1/import-sessions'

/** The session of every `progress` event as it comes, until the server ends the stream. */
async function* progressOf(response: Response): AsyncGenerator<ImportSession> {
  const stream = response.body?.pipeThrough(new TextDecoderStream())
  let text = ''
  for await (const part of stream ?? []) {
    text += part
    const events = text.split('\n\n')
    text = events.pop() ?? ''
    for (const event of events) {
      const [name, data] = event.split('\n')
      expect(name).toBe('event: progress')
      yield JSON.parse(data?.replace(/^data: /, '') ?? '') as ImportSession
    }
  }
  expect(text).toBe('')
}

async function everyEvent(events: AsyncIterable<ImportSession>): Promise<ImportSession[]> {
  const seen: ImportSession[] = []
  for await (const event of events) seen.push(event)
  return seen
}

async function watchedImport() {
  const app = await testApp()
  const alice = await app.as(ALICE)
  const { id } = (await alice.post(path, { total_files: 2 })).body as ImportSession
  const watch = () =>
    fetch(`${app.origin}${path}/${id}/events`, {
      headers: { authorization: `Bearer ${alice.tokens.access_token}` },
    })
  return { app, alice, id, watch }
}

test('events tell how far an import is, at every change, and end when it does', async () => {
  const { alice, id, watch } = await watchedImport()

  const response = await watch()
  const seen: ImportSession[] = []
  for await (const session of progressOf(response)) {
    seen.push(session)
    if (session.processed_files === 0) await alice.create(anEgg({ import_session_id: id }))
    else if (session.status === 'running') await alice.patch(`${path}/${id}`, { status: 'completed' })
  }

  expect(response.headers.get('content-type')).toContain('text/event-stream')
  expect(response.headers.get('cache-control')).toBe('no-store')
  expect(seen.map((session) => [session.status, session.processed_files])).toEqual([
    ['pending', 0],
    ['running', 1],
    ['completed', 1],
  ])
})

test('events of an import that is over already are one', async () => {
  const { alice, id, watch } = await watchedImport()
  await alice.patch(`${path}/${id}`, { status: 'cancelled' })

  const seen = await everyEvent(progressOf(await watch()))

  expect(seen.map((session) => session.status)).toEqual(['cancelled'])
})

test('a server that is closed ends its streams, and is not held up by them', async () => {
  const { app, watch } = await watchedImport()
  const stream = progressOf(await watch())
  await stream.next()

  const before = performance.now()
  const closed = app.app.close()
  const rest = await Promise.race([everyEvent(stream), sleep(4000, 'still open')])
  await closed

  expect(rest).toEqual([])
  expect(performance.now() - before).toBeLessThan(2000)
})

describe('events of an import that goes on', () => {
  const first = async (response: Response) => {
    const events = progressOf(response)
    await events.next()
    return { rest: () => everyEvent(events) }
  }

  test('end when their reader’s session does', async () => {
    const { alice, watch } = await watchedImport()
    const { rest } = await first(await watch())

    await alice.post('/api/v1/auth/logout')

    expect(await rest()).toEqual([])
  })

  test('end when their reader’s key is revoked', async () => {
    const { app, alice, id } = await watchedImport()
    const made = await call(alice.server, endpoints.createApiKey, { body: { name: 'nas', scope: 'import' } })
    const { rest } = await first(
      await fetch(`${app.origin}${path}/${id}/events`, { headers: { authorization: `Bearer ${made.key}` } }),
    )

    await alice.delete(`/api/v1/users/me/api-keys/${made.id}`)

    expect(await rest()).toEqual([])
  })
})
