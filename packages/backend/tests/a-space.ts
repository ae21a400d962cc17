import { type Server, call } from '@imalink/client'
import { endpoints } from '@imalink/contract'

/** Makes a space of the owner's, of which these are members who may put in photos of their own; answers its id. */
export async function spaceOf(owner: Server, members: readonly Server[]): Promise<number> {
  const { id } = await call(owner, endpoints.createSpace, { body: { name: 'club' } })
  for (const member of members) await join(owner, id, member)
  return id
}

/** Somebody is invited to a space, and accepts. */
export async function join(owner: Server, spaceId: number, member: Server): Promise<void> {
  const { username } = await call(member, endpoints.getProfile, {})
  const { id } = await call(owner, endpoints.inviteToSpace, {
    params: { id: spaceId },
    body: { username, role: 'editor' },
  })
  await call(member, endpoints.acceptInvitation, { params: { id } })
}
