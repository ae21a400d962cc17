import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { outputOf, scratchCheckout } from './scratch-checkout.ts'

interface Issues {
  readonly file: string
  readonly files: readonly { name: string }[]
  readonly exports: readonly { name: string }[]
  readonly dependencies: readonly { name: string }[]
  readonly unlisted: readonly { name: string }[]
}

describe('unused code', () => {
  let issues: readonly Issues[]

  beforeAll(async () => {
    using scratch = scratchCheckout({
      'packages/core/src/planted-file.ts': 'export const nobody = 1\n',
      'packages/core/src/fallback.ts':
        'export const fallback = (id: number) => id\nexport const plantedExport = 1\n',
      'packages/cli/src/main.mjs':
        "import { read } from '@imalink/client'\nimport { Command } from 'commander'\nread(Command)\n",
    })
    editDependencies(join(scratch.folder, 'packages/core/package.json'), (all) => (all.dataloader = '*'))
    editDependencies(join(scratch.folder, 'packages/cli/package.json'), (all) => delete all.commander)
    const output = await outputOf('knip', ['--reporter', 'json', '--no-progress'], scratch.folder)
    issues = (JSON.parse(output) as { issues: Issues[] }).issues // as its json reporter writes it
  })

  function editDependencies(file: string, edit: (dependencies: Record<string, string>) => void): void {
    const manifest = JSON.parse(readFileSync(file, 'utf8')) as { dependencies: Record<string, string> } // a manifest
    edit(manifest.dependencies)
    writeFileSync(file, JSON.stringify(manifest))
  }

  function named(kind: 'files' | 'exports' | 'dependencies' | 'unlisted', file: string): string[] {
    return issues
      .filter((issue) => issue.file === file)
      .flatMap((issue) => issue[kind].map(({ name }) => name))
  }

  test('is found where a file is imported by nobody', () => {
    expect(named('files', 'packages/core/src/planted-file.ts')).toHaveLength(1)
  })

  test('is found where an export is imported by nobody', () => {
    expect(named('exports', 'packages/core/src/fallback.ts')).toEqual(['plantedExport'])
  })

  test('is found where a dependency is imported by nobody', () => {
    expect(named('dependencies', 'packages/core/package.json')).toContain('dataloader')
  })

  test('has its opposite: a dependency that is imported and not listed', () => {
    expect(named('unlisted', 'packages/cli/src/main.mjs')).toEqual(['commander'])
  })

  test('is not seen where everything has its use', () => {
    expect(named('files', 'packages/core/src/main.ts')).toEqual([])
    expect(named('exports', 'packages/contract/src/index.ts')).toEqual([])
    expect(named('dependencies', 'packages/core/package.json')).not.toContain('sharp')
  })
})
