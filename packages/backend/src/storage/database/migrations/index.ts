import type { MigrationContext } from './migration-context.ts'
import { createFirstSchema } from './0001-first-schema.ts'
import { addAuthorsAndFolderImports } from './0002-authors-and-folder-imports.ts'
import { addInvitesAndNames } from './0003-accounts.ts'
import { addPhotoCounts } from './0004-photo-counts.ts'
import { addCorrections } from './0005-corrections.ts'
import { addSearch } from './0006-search.ts'
import { addFullText } from './0007-full-text.ts'
import { addTagCounts } from './0008-tag-counts.ts'
import { addDefaultAuthor } from './0009-default-author.ts'
import { addRollups } from './0010-rollups.ts'
import { addStacks } from './0011-stacks.ts'
import { addHistory } from './0012-history.ts'
import { addSpaces } from './0013-spaces.ts'
import { addCollections } from './0014-collections.ts'
import { addStories } from './0015-stories.ts'
import { addStackCounts } from './0016-stack-counts.ts'
import { addStoryTexts } from './0017-story-texts.ts'
import { easeLargeEdits } from './0018-large-edits.ts'

/** Numbered, forward only, frozen once released. Their names stand in every database. */
export const migrations: Readonly<Record<string, (context: MigrationContext) => Promise<void>>> = {
  '0001-first-schema': createFirstSchema,
  '0002-authors-and-folder-imports': addAuthorsAndFolderImports,
  '0003-accounts': addInvitesAndNames,
  '0004-photo-counts': addPhotoCounts,
  '0005-corrections': addCorrections,
  '0006-search': addSearch,
  '0007-full-text': addFullText,
  '0008-tag-counts': addTagCounts,
  '0009-default-author': addDefaultAuthor,
  '0010-rollups': addRollups,
  '0011-stacks': addStacks,
  '0012-history': addHistory,
  '0013-spaces': addSpaces,
  '0014-collections': addCollections,
  '0015-stories': addStories,
  '0016-stack-counts': addStackCounts,
  '0017-story-texts': addStoryTexts,
  '0018-large-edits': easeLargeEdits,
}
