import { afterAll } from 'vitest'
import { buildApp } from '../src/app.ts'
import type { Config } from '../src/config.ts'
import { openDiskPreviewStore } from '../src/storage/previews/disk-preview-store.ts'
import { type Caller, callerAt, type testApp } from './test-app.ts'

/** Another server on the same installation; `config` differs where the test says so. Answers nobody's caller to it. */
export async function anotherProcess(
  first: Awaited<ReturnType<typeof testApp>>,
  config: Partial<Config> = {},
): Promise<Caller & { readonly origin: string }> {
  const { storage } = first
  const previews = openDiskPreviewStore(first.config.previewsFolder)
  const another = await buildApp({ config: { ...first.config, ...config }, storage, previews, logger: false })
  const origin = await another.listen({ host: '127.0.0.1', port: 0 })
  afterAll(() => another.close())
  return { ...callerAt(origin), origin }
}
