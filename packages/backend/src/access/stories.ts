import { type Expression, type SqlBool, expressionBuilder } from 'kysely'
import type { Database } from '../storage/database/schema.ts'
import { isTogetherWith } from './collections.ts'
import type { Viewer } from './viewer.ts'

const stories = expressionBuilder<Database, 'stories'>()

/** Stories that the viewer may read; which of their pictures, the photos decide. */
export function storyVisibleTo(viewer: Viewer): Expression<SqlBool> {
  const isPublished = stories('stories.is_published', '=', 1)
  const isPublic = stories.and([isPublished, stories('stories.visibility', '=', 'public')])
  const { userId } = viewer
  if (userId === null) return isPublic
  return stories.or([
    stories('stories.user_id', '=', userId),
    isPublic,
    stories.and([isPublished, stories('stories.visibility', '=', 'authenticated')]),
    stories.and([
      isPublished,
      stories('stories.visibility', '=', 'space'),
      isTogetherWith(viewer, 'stories.user_id'),
    ]),
  ])
}
