import { z } from 'zod'
import { endpoint, nothing } from './endpoint.ts'
import { hothash, id, instant, listOf, pageQuery, pathId, plainText, visibility } from './fields.ts'
import { limits } from './limits.ts'

const text = plainText(limits.descriptionLength)
const short = plainText(1000)

const span = z.strictObject({ type: z.enum(['text', 'bold', 'italic']), text })
const image = { hash: hothash, caption: short.nullish(), alt: short.nullish() }

/** A part of a story. Text is text: nothing in it is markup. */
export const storyBlock = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('heading'), level: z.int().min(1).max(6), text: short }),
  z.strictObject({ type: z.literal('paragraph'), content: z.array(span).max(1000) }),
  z.strictObject({ type: z.literal('list'), items: z.array(text).max(1000) }),
  z.strictObject({ type: z.literal('image'), ...image }),
  z.strictObject({
    type: z.literal('collage'),
    images: z.array(z.strictObject({ hash: hothash, caption: short.nullish() })).max(100),
  }),
])
export type StoryBlock = z.infer<typeof storyBlock>

function countPictures(blocks: readonly StoryBlock[]): number {
  return blocks.reduce((count, block) => {
    if (block.type === 'collage') return count + block.images.length
    return block.type === 'image' ? count + 1 : count
  }, 0)
}

/** Older clients repeat title and type in it. */
const content = z
  .object({
    version: z.union([z.string().max(20), z.number()]),
    blocks: z
      .array(storyBlock)
      .max(limits.storyBlocks)
      .refine((blocks) => countPictures(blocks) <= limits.storyPictures, {
        error: `hold more than ${limits.storyPictures} pictures`,
      })
      .meta({ description: `with at most ${limits.storyPictures} pictures` }),
  })
  .meta({ id: 'StoryContent' })
export type StoryContent = z.infer<typeof content>

const documentType = z.enum(['general', 'album', 'slideshow'])
const cover = z.strictObject({ hash: hothash, alt: short.nullish() })

/** A story as its reader may see it: pictures that they may not see are left out. */
export const story = z
  .object({
    id,
    title: z.string(),
    document_type: documentType,
    abstract: z.string().nullable(),
    cover_image: cover.nullable(),
    content: content.optional().meta({ description: 'left out in lists' }),
    visibility: visibility.meta({ description: '`space`: those who are in a space with its owner' }),
    is_published: z.boolean().meta({ description: 'drafts are read by their owner alone' }),
    published_at: instant.nullable(),
    owner: z.object({ id, display_name: z.string() }),
    is_mine: z.boolean(),
    hidden_photos: z
      .array(hothash)
      .optional()
      .meta({ description: "for its owner: photos that the story's audience cannot all see" }),
    created_at: instant,
    updated_at: instant,
  })
  .meta({ id: 'Story' })
export type Story = z.infer<typeof story>

const title = plainText(limits.titleLength).refine((given) => given.trim() !== '', 'is empty')
const said = {
  document_type: documentType.optional(),
  abstract: text.nullish(),
  cover_image: cover.nullish(),
  content: content.optional(),
  visibility: visibility.optional(),
  is_published: z.boolean().optional(),
  sync_photos: z.boolean().optional().meta({
    description: "widen the visibility of own photos in the story to the story's; never narrows it",
  }),
}
const params = z.object({ id: pathId })
const maxBodyBytes = 2 * 1024 * 1024
const changed = {
  access: 'user',
  group: 'Stories',
  maxBodyBytes,
  params,
  body: z.strictObject({ title: title.optional(), ...said }),
  replies: { 200: story },
  errors: ['story_not_found', 'photo_not_found'],
} as const

export const storiesEndpoints = {
  listStories: endpoint({
    method: 'GET',
    path: '/phototext',
    access: 'optional',
    group: 'Stories',
    summary: 'Stories that the caller may read, without their content, latest change first',
    query: z.strictObject({
      scope: plainText(100).optional().meta({ description: '`all` (default), `mine`, or a username' }),
      q: plainText(500)
        .optional()
        .meta({ description: 'words in titles, abstracts and texts, in any case and without accents' }),
      document_type: documentType.optional(),
      ...pageQuery,
    }),
    replies: { 200: listOf(story) },
    errors: ['credentials_required', 'cursor_invalid', 'cursor_mismatch', 'contradicting_parameters'],
  }),
  getStory: endpoint({
    method: 'GET',
    path: '/phototext/{id}',
    access: 'optional',
    group: 'Stories',
    summary: 'One story',
    params,
    replies: { 200: story },
    errors: ['story_not_found'],
  }),
  createStory: endpoint({
    method: 'POST',
    path: '/phototext',
    access: 'user',
    group: 'Stories',
    summary: 'Write a story; a draft unless it is published at once',
    maxBodyBytes,
    body: z.strictObject({ title, ...said }),
    replies: { 201: story },
    errors: ['photo_not_found'],
  }),
  putStory: endpoint({
    method: 'PUT',
    path: '/phototext/{id}',
    summary: 'Change what is given; what is left out stays, null clears',
    ...changed,
  }),
  patchStory: endpoint({
    method: 'PATCH',
    path: '/phototext/{id}',
    summary: 'The same as PUT: what is left out stays',
    ...changed,
  }),
  deleteStory: endpoint({
    method: 'DELETE',
    path: '/phototext/{id}',
    access: 'user',
    group: 'Stories',
    summary: 'Delete a story; the photos stay',
    params,
    replies: { 204: nothing },
    errors: ['story_not_found'],
  }),
  exportStory: endpoint({
    method: 'GET',
    path: '/phototext/{id}/export',
    access: 'optional',
    group: 'Stories',
    summary:
      'The story as the caller may read it, as a file of Markdown or HTML; pictures by their addresses',
    params,
    query: z.strictObject({ format: z.enum(['markdown', 'html']).optional() }),
    replies: { 200: { media: 'text/markdown', orMedia: 'text/html' } },
    errors: ['story_not_found'],
  }),
} as const
