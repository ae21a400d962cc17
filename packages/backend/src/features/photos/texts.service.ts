import { type Db, inTransaction } from '../../storage/database/database.ts'
import { idsBehind, renewTexts, setTextsVersion, textsVersion } from './texts.repository.ts'

/** Goes up whenever words are folded or texts are chosen otherwise. */
const TEXTS_VERSION = 1

/**
 * Fills the text index anew where another version of the program filled it, or none; it can be run again after an
 * interruption. Answers how many photos it took in.
 */
export async function fillTexts(db: Db): Promise<number> {
  if ((await textsVersion(db)) === TEXTS_VERSION) return 0
  let filled = 0
  for (let ids = await idsBehind(db, 0); ids.length > 0; ids = await idsBehind(db, ids.at(-1) ?? 0)) {
    await inTransaction(db, (tx) => renewTexts(tx, ids))
    filled += ids.length
  }
  await setTextsVersion(db, TEXTS_VERSION)
  return filled
}
