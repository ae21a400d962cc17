import { join } from 'node:path'
import type { ESLint } from 'eslint'
import { beforeAll, describe, expect, test } from 'vitest'
import config from '../../eslint.config.mjs'
import { lawfulFiles } from './lawful-files.ts'
import { outputOf, scratchCheckout } from './scratch-checkout.ts'

const SERVICE = 'packages/backend/src/features/photos'

interface Violation {
  readonly rule: string
  /** Part of the message, where one rule says several things. */
  readonly says?: string
  readonly file: string
  readonly text: string
}

const syntax = (says: string, file: string, text: string): Violation => ({
  rule: 'no-restricted-syntax',
  says,
  file,
  text,
})

const typed = (rule: string, text: string, file = `packages/core/src/planted-${rule}.ts`): Violation => ({
  rule: `@typescript-eslint/${rule}`,
  file,
  text,
})

/** The planted `any` and directives are put together from parts, so that a search for real ones finds none here. */
const ANY = ['an', 'y'].join('')
const DISABLE = ['eslint', 'disable'].join('-')
const IGNORE = ['@ts', 'ignore'].join('-')

const violations: readonly Violation[] = [
  syntax('config.ts', `${SERVICE}/planted-env.service.ts`, 'export const home = process.env.HOME\n'),
  syntax(
    'config.ts',
    'packages/core/src/planted-env.ts',
    'const { env } = process\nexport const home = env.HOME\n',
  ),
  syntax(
    'config.ts',
    'packages/cli/src/planted-env.ts',
    "import { env } from 'node:process'\nexport const home = env.HOME\n",
  ),
  syntax('Named exports', 'packages/web/src/ui/planted-default.ts', 'export default 1\n'),
  syntax(
    'Queries',
    `${SERVICE}/planted-sql.service.ts`,
    'interface D { selectFrom(t: string): string }\nexport const q = (db: D) => db.selectFrom("photos")\n',
  ),
  syntax(
    'A test runs',
    'tests/planted-only.test.ts',
    "import { test } from 'vitest'\ntest.only('alone', () => undefined)\n",
  ),
  syntax(
    'mock',
    'tests/planted-mock.test.ts',
    "import { vi } from 'vitest'\nvi.mock('../scripts/launch.mjs')\n",
  ),
  syntax('drawer', 'packages/client/src/utils.ts', 'export const one = 1\n'),
  { rule: 'no-console', file: 'packages/backend/src/planted-console.ts', text: "console.log('hello')\n" },
  {
    rule: 'eqeqeq',
    file: 'packages/core/src/planted-eq.ts',
    text: 'export const same = (a: string, b: string) => a == b\n',
  },
  {
    rule: 'no-empty',
    file: 'packages/core/src/planted-catch.ts',
    text: 'export function swallow() { try { JSON.parse("") } catch {} }\n',
  },
  {
    rule: 'react-hooks/rules-of-hooks',
    file: 'packages/web/src/ui/planted-hook.tsx',
    text: "import { useState } from 'react'\nexport const Page = ({ on }: { on: boolean }) => { if (on) useState(1); return <p /> }\n",
  },
  {
    rule: 'react-hooks/exhaustive-deps',
    file: 'packages/web/src/ui/planted-effect.tsx',
    text: "import { useEffect } from 'react'\nexport const Page = ({ on }: { on: () => void }) => { useEffect(() => on(), []); return <p /> }\n",
  },
  typed('no-floating-promises', 'export const start = () => { Promise.resolve(1) }\n'),
  typed(
    'no-misused-promises',
    'export const each = (all: number[]) => all.forEach(async () => Promise.resolve())\n',
  ),
  typed('await-thenable', 'export const wait = async () => await 1\n'),
  typed('no-explicit-any', `export const f = (x: ${ANY}) => typeof x\n`),
  typed('no-unsafe-return', 'export const f = (): number => JSON.parse("1")\n'),
  typed('no-unsafe-member-access', 'export const f = () => String(JSON.parse("1").a)\n'),
  typed('ban-ts-comment', `// ${IGNORE}\nexport const f: number = 1\n`),
  typed(
    'consistent-type-imports',
    "import { Photo } from '@imalink/contract'\nexport const f = (p: Photo) => p.id\n",
  ),
  typed('no-non-null-assertion', 'export const f = (x?: number) => x! + 1\n'),
  typed('prefer-nullish-coalescing', 'export const f = (x: number | null) => x || 1\n'),
  typed(
    'switch-exhaustiveness-check',
    "export const f = (x: 'a' | 'b') => { switch (x) { case 'a': return 1 } return 2 }\n",
  ),
  typed('no-deprecated', "export const f = () => 'abc'.substr(1)\n"),
  typed('no-unused-vars', 'const unused = 1\nexport const f = 2\n'),
  typed('prefer-promise-reject-errors', "export const f = () => Promise.reject('up')\n"),
  typed('only-throw-error', "export const f = () => { throw 'up' }\n"),
]

const disabled = {
  file: 'packages/core/src/planted-directive.ts',
  text: `/* ${DISABLE} no-console */\nconsole.log('hello')\n`,
}

describe('the lint rules', () => {
  let results: ESLint.LintResult[]
  let folder: string

  beforeAll(async () => {
    const files = [...violations, disabled].map(({ file, text }) => [file, text])
    using scratch = scratchCheckout(Object.fromEntries(files) as Record<string, string>) // Pairs of path and text.
    folder = scratch.folder
    results = JSON.parse(await outputOf('eslint', ['--format', 'json', '.'], folder)) as ESLint.LintResult[] // its format
  })

  function messagesOf(file: string) {
    return results.find(({ filePath }) => filePath === join(folder, file))?.messages ?? []
  }

  test.each(violations)('$rule fires in $file', ({ rule, says = '', file }) => {
    const fired = messagesOf(file).filter(({ ruleId, message }) => ruleId === rule && message.includes(says))

    expect(fired.length, JSON.stringify(messagesOf(file))).toBeGreaterThan(0)
  })

  test('that the project names itself each have a planted violation', () => {
    const own = config
      .filter(({ name }) => name === undefined)
      .flatMap(({ rules }) => Object.entries(rules ?? {}))
    const named = own.filter(([, setting]) => setting !== 'off').map(([rule]) => rule)

    expect(named.filter((rule) => !violations.some((violation) => violation.rule === rule))).toEqual([])
    expect(new Set(named).size).toBeGreaterThan(8)
  })

  test('cannot be switched off by a comment', () => {
    const rules = messagesOf(disabled.file).map(({ ruleId }) => ruleId)

    expect(rules).toContain('no-console')
    expect(messagesOf(disabled.file).some(({ message }) => message.includes('has no effect'))).toBe(true)
  })

  test('read every lawful file with its types, and let all of them pass', () => {
    const lawful = Object.keys(lawfulFiles)

    expect(lawful.filter((file) => !results.some(({ filePath }) => filePath === join(folder, file)))).toEqual(
      [],
    )
    expect(lawful.flatMap((file) => messagesOf(file).map(({ message }) => `${file}: ${message}`))).toEqual([])
  })
})
