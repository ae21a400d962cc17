const BACKEND = 'packages/backend/src'

/** The smallest house that breaks no rule and comes close to several: what the rules allow must stay allowed. */
export const lawfulFiles: Readonly<Record<string, string>> = {
  'packages/contract/src/index.ts': `
    import { z } from 'zod'
    export const photo = z.object({ id: z.number() })
    export type Photo = z.output<typeof photo>
  `,
  'packages/client/src/index.ts': `
    import { photo, type Photo } from '@imalink/contract'
    export const read = (reply: unknown): Photo => photo.parse(reply)
  `,
  'packages/core/src/main.ts': `
    import sharp from 'sharp'
    import type { Photo } from '@imalink/contract'
    import { fallback } from './fallback.ts'
    export const width = async (file: string, photo: Photo) => (await sharp(file).metadata()).width ?? fallback(photo.id)
  `,
  'packages/core/src/fallback.ts': 'export const fallback = (id: number) => id\n',
  'packages/core/tests/served.test.ts': `
    import { read } from '@imalink/client'
    import { fallback } from '../src/fallback.ts'
    read({ id: fallback(1) })
  `,
  'packages/cli/src/main.mjs': "import { read } from '@imalink/client'\nread({ id: 1 })\n",
  [`${BACKEND}/app-error.ts`]: 'export class AppError extends Error {}\n',
  [`${BACKEND}/config.ts`]: 'export const port = () => process.env.IMALINK_PORT ?? 8000\n',
  [`${BACKEND}/access/visibility.ts`]: `
    import { sql } from 'kysely'
    export const visible = sql\`visibility = 'public'\`
  `,
  [`${BACKEND}/http/route.ts`]: `
    import type { FastifyInstance } from 'fastify'
    export const serve = (app: FastifyInstance, path: string) => app.get(path, () => path)
  `,
  [`${BACKEND}/storage/database/database.ts`]: `
    import type { Kysely } from 'kysely'
    export type Db = Kysely<{ photos: { id: number } }>
  `,
  [`${BACKEND}/storage/database/sqlite.ts`]: `
    import Sqlite from 'better-sqlite3'
    import { Kysely, SqliteDialect } from 'kysely'
    import type { Db } from './database.ts'
    export const open = (file: string): Db => new Kysely({ dialect: new SqliteDialect({ database: new Sqlite(file) }) })
  `,
  [`${BACKEND}/storage/previews/preview-store.ts`]:
    'export interface PreviewStore { has(hash: string): boolean }\n',
  [`${BACKEND}/storage/previews/disk-preview-store.ts`]: `
    import type { PreviewStore } from './preview-store.ts'
    export const onDisk: PreviewStore = { has: () => false }
  `,
  [`${BACKEND}/features/photos/photos.repository.ts`]: `
    import { sql } from 'kysely'
    import { visible } from '../../access/visibility.ts'
    import type { Db } from '../../storage/database/database.ts'
    export const listPhotos = (db: Db) => db.selectFrom('photos').select(sql<number>\`id\`.as('id')).where(() => visible as never).execute()
  `,
  [`${BACKEND}/features/photos/photos.service.ts`]: `
    import type { Kysely } from 'kysely'
    import { AppError } from '../../app-error.ts'
    import { listPhotos } from './photos.repository.ts'
    export const firstPhoto = async (db: Kysely<{ photos: { id: number } }>) => {
      const [photo] = await listPhotos(db)
      if (!photo) throw new AppError('none')
      return photo
    }
  `,
  [`${BACKEND}/features/photos/photos.routes.ts`]: `
    import type { FastifyInstance } from 'fastify'
    import { serve } from '../../http/route.ts'
    import type { Db } from '../../storage/database/database.ts'
    import { firstPhoto } from './photos.service.ts'
    export const photoRoutes = async (app: FastifyInstance, db: Db) => serve(app, \`/\${(await firstPhoto(db)).id}\`)
  `,
  [`${BACKEND}/features/photos/import-photos.service.ts`]: `
    import { read } from '@imalink/client'
    export const imported = (reply: unknown) => read(reply).id
  `,
  [`${BACKEND}/features/tags/tags.service.ts`]:
    "export const tag = (name: string) => name.normalize('NFC')\n",
  [`${BACKEND}/main.ts`]: `
    import fastify from 'fastify'
    import { port } from './config.ts'
    import { photoRoutes } from './features/photos/photos.routes.ts'
    import { tag } from './features/tags/tags.service.ts'
    import { open } from './storage/database/sqlite.ts'
    import { onDisk } from './storage/previews/disk-preview-store.ts'
    await photoRoutes(fastify(), open(tag(String(onDisk.has(String(port()))))))
  `,
  'packages/web/src/main.tsx': "import { Shell } from './app/shell.tsx'\nexport const page = <Shell />\n",
  'packages/web/src/app/shell.tsx': `
    import { Timeline } from '../features/timeline/timeline.tsx'
    import { Viewer } from '../features/photo/viewer.tsx'
    export const Shell = () => <><Timeline /><Viewer /></>
  `,
  'packages/web/src/features/timeline/timeline.tsx': `
    import { Button } from '../../ui/button.tsx'
    export const Timeline = () => <Button />
  `,
  'packages/web/src/features/photo/viewer.tsx': 'export const Viewer = () => <p>photo</p>\n',
  'packages/web/src/ui/button.tsx': 'export const Button = () => <button type="button">go</button>\n',
}
