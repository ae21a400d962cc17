import { usersEndpoints as e } from '@imalink/contract'
import type { FeatureDeps } from '../../feature-deps.ts'
import { ok } from '../../http/answers.ts'
import { type EndSessions, changeStanding, pageOfUsers } from './users.service.ts'

/** What administrators do with accounts. */
export function usersRoutes({ db, serve }: FeatureDeps, endSessions: EndSessions): void {
  serve(e.listUsers, async ({ query }) => ok(await pageOfUsers(db, query)))

  serve(e.updateUser, async ({ params, body }) => ok(await changeStanding(db, endSessions, params.id, body)))
}
