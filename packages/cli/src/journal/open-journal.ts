import { type Server, call } from '@imalink/client'
import { endpoints } from '@imalink/contract'
import type { Config } from '../config.ts'
import { Journal } from './journal.ts'

/** The journal of what this account has imported at this server. Throws what asking the server throws. */
export async function openJournal(
  { journalFile }: Config,
  backend: Server,
  onTrouble: (sentence: string) => void,
): Promise<Journal> {
  const [{ installation_id, restore_epoch, version }, { id }] = await Promise.all([
    call(backend, endpoints.capabilities, {}),
    call(backend, endpoints.me, {}),
  ])
  const owner = { installationId: installation_id, restoreEpoch: restore_epoch, userId: id }
  return new Journal({ file: journalFile, owner, judge: version, onTrouble })
}
