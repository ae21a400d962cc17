import { globSync } from 'node:fs'
import type { ICruiseResult } from 'dependency-cruiser'
import { beforeAll, describe, expect, test } from 'vitest'
import rules from '../../dependency-cruiser.config.mjs'
import { lawfulFiles } from './lawful-files.ts'
import { checkout, outputOf, scratchCheckout } from './scratch-checkout.ts'

const BACKEND = 'packages/backend/src'
const PHOTOS = `${BACKEND}/features/photos`

/** For each rule the files that break it: the first imports what it must not. */
const violations: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'contract-imports-only-zod': {
    'packages/contract/src/planted.ts': "import { sep } from 'node:path'\nexport const planted = sep\n",
  },
  'client-imports-only-the-contract': {
    'packages/client/src/planted.ts': "import { fallback } from '../../core/src/fallback.ts'\nfallback(1)\n",
  },
  'servers-meet-only-through-the-contract': {
    'packages/core/src/planted.ts': "import { read } from '@imalink/client'\nread(1)\n",
  },
  'the-backend-meets-others-through-client-and-contract': {
    [`${BACKEND}/planted-core.ts`]: "import { fallback } from '../../core/src/fallback.ts'\nfallback(1)\n",
  },
  'user-interfaces-meet-only-through-client-and-contract': {
    'packages/cli/src/planted.ts': "import { fallback } from '../../core/src/fallback.ts'\nfallback(1)\n",
  },
  'packages-are-entered-by-their-front-door': {
    'packages/web/src/planted.ts': "import { inner } from '../../contract/src/inner.ts'\ninner()\n",
    'packages/contract/src/inner.ts': 'export const inner = () => 1\n',
  },
  'what-runs-in-a-browser-reads-no-disk': {
    'packages/web/src/planted-disk.ts': "import { walk } from '../../client/src/disk/index.ts'\nwalk()\n",
    'packages/client/src/disk/index.ts': 'export const walk = () => 1\n',
  },
  'the-backend-knows-no-images': {
    [`${BACKEND}/storage/planted-image.ts`]: "import sharp from 'sharp'\nexport const planted = sharp\n",
  },
  'a-feature-does-not-import-a-feature': {
    [`${PHOTOS}/planted-neighbour.ts`]: "import { tag } from '../tags/tags.service.ts'\ntag('a')\n",
  },
  'shared-ground-does-not-know-features': {
    [`${BACKEND}/access/planted.ts`]: "import { tag } from '../features/tags/tags.service.ts'\ntag('a')\n",
  },
  'routes-are-imported-by-nobody-inside': {
    [`${PHOTOS}/planted.service.ts`]:
      "import { photoRoutes } from './photos.routes.ts'\nexport const up = photoRoutes\n",
  },
  'repositories-do-not-import-services': {
    [`${PHOTOS}/planted.repository.ts`]:
      "import { firstPhoto } from './photos.service.ts'\nexport const up = firstPhoto\n",
  },
  'only-routes-know-http': {
    [`${PHOTOS}/planted-http.service.ts`]:
      "import type { FastifyRequest } from 'fastify'\nexport type Up = FastifyRequest\n",
  },
  'storage-knows-neither-access-nor-http': {
    [`${BACKEND}/storage/planted-viewer.ts`]:
      "import { visible } from '../access/visibility.ts'\nexport const up = visible\n",
  },
  'sql-is-built-in-repositories-access-and-storage': {
    [`${PHOTOS}/planted-sql.service.ts`]:
      "import { sql } from 'kysely'\nexport const planted = sql`select 1`\n",
  },
  'only-entry-points-name-an-adapter': {
    [`${PHOTOS}/planted-adapter.service.ts`]:
      "import { onDisk } from '../../storage/previews/disk-preview-store.ts'\nonDisk.has('')\n",
  },
  'only-adapters-import-a-driver': {
    [`${BACKEND}/storage/database/planted-driver.ts`]:
      "import { Pool } from 'pg'\nexport const pool = new Pool()\n",
  },
  'a-web-feature-does-not-import-a-web-feature': {
    'packages/web/src/features/timeline/planted.ts':
      "import { Viewer } from '../photo/viewer.tsx'\nexport const planted = Viewer\n",
  },
  'only-the-web-shell-knows-web-features': {
    'packages/web/src/ui/planted.ts':
      "import { Viewer } from '../features/photo/viewer.tsx'\nexport const planted = Viewer\n",
  },
  'no-cycles': {
    'packages/cli/src/planted-egg.ts':
      "import { hen } from './planted-hen.ts'\nexport const egg = () => hen\n",
    'packages/cli/src/planted-hen.ts':
      "import { egg } from './planted-egg.ts'\nexport const hen = () => egg\n",
  },
  'everything-imported-exists': {
    'packages/cli/src/planted-nothing.ts': "import { nothing } from './nothing.ts'\nnothing()\n",
  },
  'a-program-does-not-import-its-tests': {
    'packages/core/src/planted-test.ts': "import '../tests/served.test.ts'\n",
  },
  'a-program-does-not-import-dev-dependencies': {
    'packages/core/src/planted-tool.ts': "import { format } from 'prettier'\nexport const planted = format\n",
  },
}

async function cruise(folder: string): Promise<ICruiseResult> {
  const folders = ['packages', ...(folder === checkout ? ['scripts', 'tests'] : [])]
  const args = ['--config', 'dependency-cruiser.config.mjs', '--output-type', 'json', ...folders]
  return JSON.parse(await outputOf('depcruise', args, folder)) as ICruiseResult // as its json reporter writes it
}

function brokenRules({ summary }: ICruiseResult): string[] {
  return summary.violations.map(({ from, rule }) => `${from}: ${rule.name}`)
}

describe('the dependency rules', () => {
  let lawful: ICruiseResult
  let planted: ICruiseResult

  beforeAll(async () => {
    using house = scratchCheckout({})
    using broken = scratchCheckout(Object.assign({}, ...Object.values(violations)) as Record<string, string>) // Their sum.
    lawful = await cruise(house.folder)
    planted = await cruise(broken.folder)
  })

  test('each have a planted violation here and a reason of their own', () => {
    const all = rules.forbidden ?? []

    expect(all.map(({ name }) => name).sort()).toEqual(Object.keys(violations).sort())
    expect(all.filter(({ comment }) => !comment)).toEqual([])
  })

  test('let the lawful house pass', () => {
    expect(brokenRules(lawful)).toEqual([])
  })

  test.each(Object.entries(violations))('%s fires', (rule, files) => {
    const [importer] = Object.keys(files)

    expect(brokenRules(planted)).toContain(`${importer}: ${rule}`)
  })

  test('are held against every source file there is', async () => {
    const sources = globSync('{packages/*/{src,tests,bench},scripts,tests}/**/*.{ts,tsx,mjs}', {
      cwd: checkout,
    })

    const visited = new Set((await cruise(checkout)).modules.map(({ source }) => source))

    expect(sources.length).toBeGreaterThan(100)
    expect(sources.filter((file) => !visited.has(file))).toEqual([])
  })

  test('see through workspace links, type imports and TypeScript syntax', () => {
    const main = lawful.modules.find(({ source }) => source === 'packages/core/src/main.ts')

    expect(main?.dependencies.map(({ resolved }) => resolved)).toEqual(
      expect.arrayContaining(['packages/contract/src/index.ts', 'packages/core/src/fallback.ts']),
    )
    expect(
      Object.keys(lawfulFiles).filter((file) => !lawful.modules.some(({ source }) => source === file)),
    ).toEqual([])
  })
})
