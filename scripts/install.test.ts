import { expect, test } from 'vitest'
import { missingPackages } from './install.mjs'

const wanted = {
  '': { version: '0.1.0' },
  'packages/core': { version: '0.1.0' },
  'node_modules/@imalink/core': { resolved: 'packages/core', link: true },
  'node_modules/zod': { version: '4.0.0', integrity: 'sha512-a' },
  'node_modules/vitest': { version: '5.0.0', integrity: 'sha512-b', dev: true },
  'node_modules/sharp-for-another-platform': { version: '1.0.0', optional: true },
}
const production = {
  'node_modules/@imalink/core': { resolved: 'packages/core', link: true },
  'node_modules/zod': { version: '4.0.0', integrity: 'sha512-a' },
}

test('misses nothing of a production install, except what tests need', () => {
  expect(missingPackages(wanted, production, { dev: false })).toEqual([])
  expect(missingPackages(wanted, production, { dev: true })).toEqual(['node_modules/vitest'])
})

test('misses a package that the lock file has since changed', () => {
  const changed = { ...wanted, 'node_modules/zod': { version: '4.0.1', integrity: 'sha512-c' } }

  expect(missingPackages(changed, production, { dev: false })).toEqual(['node_modules/zod'])
})

test('misses a workspace that was added', () => {
  const added = { ...wanted, 'node_modules/@imalink/cli': { resolved: 'packages/cli', link: true } }

  expect(missingPackages(added, production, { dev: false })).toEqual(['node_modules/@imalink/cli'])
})
