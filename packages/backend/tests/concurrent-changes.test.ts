import { endpoints } from '@imalink/contract'
import { call } from '@imalink/client'
import { expect, test } from 'vitest'
import { anEgg } from './an-egg.ts'
import { ALICE, BOB, testApp } from './test-app.ts'

const app = await testApp()

test('an egg whose import is forgotten in the same moment is kept or refused, never a failure of the server', async () => {
  const alice = await app.as(ALICE)

  const statuses: number[] = []
  for (let round = 0; round < 15; round++) {
    const { id } = await call(alice.server, endpoints.createImportSession, { body: {} })
    const [reply] = await Promise.all([
      alice.post('/api/v1/photos/photoegg', anEgg({ import_session_id: id })),
      alice.delete(`/api/v1/import-sessions/${id}`),
    ])
    statuses.push(reply.status)
  }

  expect(statuses.filter((status) => ![201, 422].includes(status))).toEqual([])
})

test('the timeline answers while photos come and go', async () => {
  const bob = await app.as(BOB)
  const ids: number[] = []
  for (let day = 1; day <= 9; day++)
    ids.push((await bob.create(anEgg({ taken_at: `2024-01-0${day}T00:00:00` }))).id)

  const comeAndGo = async (id: number) => {
    for (let round = 0; round < 5; round++) {
      await bob.delete(`/api/v1/photos/${id}`)
      await bob.post(`/api/v1/photos/${id}/restore`)
    }
  }
  const statuses: number[] = []
  const readOn = async () => {
    for (let round = 0; round < 15; round++) {
      statuses.push((await bob.get('/api/v1/timeline?granularity=day&year=2024&month=1')).status)
    }
  }
  await Promise.all([...ids.map(comeAndGo), readOn(), readOn()])

  expect(new Set(statuses)).toEqual(new Set([200]))
})
