import { globSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { checkout, outputOf, scratchCheckout } from './scratch-checkout.ts'

const INDEXED = 'export const first = (all: number[]): number => all[0]\n'
const EXACT = 'interface Patch { title?: string }\nexport const clear = (): Patch => ({ title: undefined })\n'
const ENUM = 'export enum Order { newest }\n'

const packages = globSync('packages/*', { cwd: checkout }).map((folder) => folder.slice('packages/'.length))

/** Error codes of the type checker for the packages' planted files. */
async function errorsOf(project: string, files: Readonly<Record<string, string>>): Promise<string[]> {
  using scratch = scratchCheckout(files)
  const output = await outputOf('tsc', ['-p', project, '--pretty', 'false'], scratch.folder)
  return [...output.matchAll(/planted-(\w+)\.ts\(.*error (TS\d+)/g)].map(
    ([, name, code]) => `${name} ${code}`,
  )
}

describe('the type checker', () => {
  test.each(packages)('is strict in %s', async (name) => {
    const folder = `packages/${name}/src`

    const errors = await errorsOf(`packages/${name}`, {
      [`${folder}/planted-indexed.ts`]: INDEXED,
      [`${folder}/planted-exact.ts`]: EXACT,
      [`${folder}/planted-enum.ts`]: ENUM,
    })

    expect(errors.sort()).toEqual(['enum TS1294', 'exact TS2375', 'indexed TS2322'])
  })

  test('is strict in tests and scripts', async () => {
    const errors = await errorsOf('.', {
      'tests/planted-indexed.ts': INDEXED,
      'scripts/planted-exact.ts': EXACT,
    })

    expect(errors.sort()).toEqual(['exact TS2375', 'indexed TS2322'])
  })

  test('knows neither Node nor a browser in the contract', async () => {
    const errors = await errorsOf('packages/contract', {
      'packages/contract/src/planted-node.ts': 'export const here = process.cwd()\n',
      'packages/contract/src/planted-browser.ts': 'export const title = document.title\n',
    })

    expect(errors.sort()).toEqual(['browser TS2584', 'node TS2591'])
  })
})
