import { withXmp, xmpDocument } from '../../../fixtures/written-words.ts'
import { plainJpeg, sharedCore } from './running-core.ts'

/** A core for all tests of the file, and what it reads in a picture of what its photographer wrote. */
export function readingCore() {
  const core = sharedCore()
  const wordsOf = async (file: Buffer) => {
    const { title, description, rating, flag, color_label, tags, creator, fitted } = await core.egg(file)
    const all = { title, description, rating, flag, color_label, tags, creator, fitted }
    return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined))
  }
  const wordsOfXmp = async (elements: string, attributes = '') =>
    wordsOf(withXmp(await plainJpeg(), xmpDocument(elements, attributes)))
  return { core, wordsOf, wordsOfXmp }
}
