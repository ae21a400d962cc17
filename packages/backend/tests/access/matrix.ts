import { type Endpoint, endpoints, rootEndpoints } from '@imalink/contract'
import type { Door } from './rules.ts'

export const allEndpoints = { ...endpoints, ...rootEndpoints }
export type EndpointName = keyof typeof allEndpoints

export function doorOf(name: EndpointName): Door {
  const { method, access, importScope, readScope, accountOnly }: Endpoint = allEndpoints[name]
  return {
    onlyReads: method === 'GET' || readScope === true,
    needsAccount: access === 'user',
    ignoresCredentials: access === 'anyone',
    isForImporters: importScope ?? false,
    isForPeopleAlone: accountOnly ?? false,
  }
}

/** Endpoints that neither show nor change a photo of somebody, each with the reason. */
export const besidePhotos = {
  register: 'makes an account',
  login: 'opens a session',
  refresh: 'trades tokens',
  logout: 'ends a session',
  me: 'tells of the caller alone',
  getProfile: 'tells of the caller alone',
  updateProfile: 'changes the account of the caller',
  changePassword: 'changes the account of the caller',
  deleteAccount: 'removes the account of the caller; what goes with it is another test',
  listUsers: 'tells administrators of accounts',
  updateUser: 'lets an administrator change what an account may do',
  listInvites: 'tells administrators of invitations',
  createInvite: 'makes an invitation',
  deleteInvite: 'takes an invitation back',
  createApiKey: 'makes a key of the caller',
  createImportSession: 'begins an import without photos',
  createVolume: "names a disk of the caller's",
  createAuthor: 'names a photographer whom the caller credits',
  createStack: 'stacks photos of the caller; that it takes no others is another test',
  suggestStacks:
    'shows photos of the caller that are alike, as none here are; that it shows no others is another test',
  createSpace: 'makes a space of the caller, without photos',
  myInvitations: 'tells of invitations of the caller; that it tells of no others is another test',
  acceptInvitation: 'makes the caller a member; that nobody accepts for others is another test',
  declineInvitation: 'removes an invitation of the caller; that it removes no others is another test',
  createCollection: 'collects photos of the caller; that it takes no others is another test',
  createStory: 'writes of photos that the caller sees; that it takes no others is another test',
  createSavedSearch: 'keeps words of the caller, and finds nothing yet',
  capabilities: 'tells of the installation',
  databaseStats: 'tells administrators how much there is of everything',
  emptyTrash: 'empties the trash of the caller; that it leaves the others alone is another test',
  processThroughBackend: 'reads no stored photo',
  health: 'tells of the process',
  ready: 'tells of the process',
  metrics: 'counts, and names nobody and nothing',
} as const satisfies Partial<Record<EndpointName, string>>
