import { z } from 'zod'
import { endpoint, nothing } from './endpoint.ts'
import { id, instant, listOf, pageQuery, pathId, plainText } from './fields.ts'
import { limits } from './limits.ts'

/** A photographer whom a user credits. */
export const author = z
  .object({
    id,
    name: z.string(),
    email: z.string().nullable(),
    bio: z.string().nullable(),
    description: z.string().nullable().meta({ description: 'the same as `bio`, as older clients call it' }),
    image_count: z.int().meta({ description: 'photos outside the trash that credit the author' }),
    created_at: instant,
    updated_at: instant,
  })
  .meta({ id: 'Author' })
export type Author = z.infer<typeof author>

const name = plainText(255)
  .transform((text) => text.normalize('NFC').trim())
  .pipe(z.string().min(1))
const said = {
  email: plainText(255).nullish(),
  bio: plainText(limits.descriptionLength).nullish(),
  description: plainText(limits.descriptionLength).nullish(),
}
const params = z.object({ id: pathId })

export const authorsEndpoints = {
  listAuthors: endpoint({
    method: 'GET',
    path: '/authors',
    access: 'user',
    group: 'Authors',
    summary: 'The photographers whom the caller credits, by name',
    query: z.strictObject({ ...pageQuery }),
    replies: { 200: listOf(author) },
    errors: ['cursor_invalid', 'cursor_mismatch', 'contradicting_parameters'],
  }),
  getAuthor: endpoint({
    method: 'GET',
    path: '/authors/{id}',
    access: 'user',
    group: 'Authors',
    summary: 'One photographer',
    params,
    replies: { 200: author },
    errors: ['author_not_found'],
  }),
  createAuthor: endpoint({
    method: 'POST',
    path: '/authors',
    access: 'user',
    group: 'Authors',
    summary: 'Add a photographer; a name is there once, whatever its case',
    body: z.strictObject({ name, ...said }),
    replies: { 201: author },
    errors: ['author_exists'],
  }),
  updateAuthor: endpoint({
    method: 'PUT',
    path: '/authors/{id}',
    access: 'user',
    group: 'Authors',
    summary: 'Change what is said of a photographer; what is left out stays, null clears',
    params,
    body: z.strictObject({ name: name.optional(), ...said }),
    replies: { 200: author },
    errors: ['author_not_found', 'author_exists'],
  }),
  deleteAuthor: endpoint({
    method: 'DELETE',
    path: '/authors/{id}',
    access: 'user',
    group: 'Authors',
    summary: 'Forget a photographer; the photos stay, and credit nobody',
    params,
    replies: { 204: nothing },
    errors: ['author_not_found'],
  }),
} as const
