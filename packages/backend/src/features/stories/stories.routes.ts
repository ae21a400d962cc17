import { storiesEndpoints as e } from '@imalink/contract'
import type { FeatureDeps } from '../../feature-deps.ts'
import { created, noContent, ok } from '../../http/answers.ts'
import { asHtml, asMarkdown } from './export-story.ts'
import {
  type StoryPhotos,
  changeStory,
  createStory,
  deleteStory,
  pageOfStories,
  readStory,
} from './stories.service.ts'

export function storiesRoutes({ db, serve }: FeatureDeps, photos: StoryPhotos): void {
  serve(e.listStories, async ({ viewer, query }) => ok(await pageOfStories(db, viewer, query)))
  serve(e.getStory, async ({ viewer, params }) => ok(await readStory(db, viewer, params.id)))
  serve(e.createStory, async ({ viewer, body }) => created(await createStory(db, viewer, body, photos)))
  for (const row of [e.putStory, e.patchStory])
    serve(row, async ({ viewer, params, body }) =>
      ok(await changeStory(db, viewer, params.id, { said: body, photos })),
    )
  serve(e.deleteStory, async ({ viewer, params }) => {
    await deleteStory(db, viewer, params.id, photos)
    return noContent()
  })
  serve(e.exportStory, async ({ viewer, params, query }) => {
    const story = await readStory(db, viewer, params.id)
    const isHtml = query.format === 'html'
    return ok(isHtml ? asHtml(story) : asMarkdown(story), fileHeaders(params.id, isHtml))
  })
}

/** A file to keep: nothing of it runs in this server's name. */
function fileHeaders(id: number, isHtml: boolean) {
  return {
    'content-type': `text/${isHtml ? 'html' : 'markdown'}; charset=utf-8`,
    'content-disposition': `attachment; filename="story-${id}.${isHtml ? 'html' : 'md'}"`,
    'cache-control': 'no-store',
  }
}
