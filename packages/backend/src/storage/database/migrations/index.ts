import type { MigrationContext } from './migration-context.ts'
import { createFirstSchema } from './0001-first-schema.ts'
import { addAuthorsAndFolderImports } from './0002-authors-and-folder-imports.ts'
import { addInvitesAndNames } from './0003-accounts.ts'
import { addPhotoCounts } from './0004-photo-counts.ts'
import { addCorrections } from './0005-corrections.ts'
import { addSearch } from './0006-search.ts'
import { addFullText } from './0007-full-text.ts'

/** Numbered, forward only, frozen once released. Their names stand in every database. */
export const migrations: Readonly<Record<string, (context: MigrationContext) => Promise<void>>> = {
  '0001-first-schema': createFirstSchema,
  '0002-authors-and-folder-imports': addAuthorsAndFolderImports,
  '0003-accounts': addInvitesAndNames,
  '0004-photo-counts': addPhotoCounts,
  '0005-corrections': addCorrections,
  '0006-search': addSearch,
  '0007-full-text': addFullText,
}
