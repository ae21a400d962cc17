// What the type checker lets pass and we do not. tests/boundaries plants a violation of each rule named here.
import js from '@eslint/js'
import reactHooks from 'eslint-plugin-react-hooks'
import { defineConfig } from 'eslint/config'
import tseslint from 'typescript-eslint'

const SERVERS = ['packages/{contract,client,core,backend}/src/**/*.ts']
const TESTS = ['**/*.{test,suite}.{ts,tsx}', '**/tests/**/*.ts', 'tests/**/*.ts']
const CONFIGS = ['*.config.{ts,mjs}', 'packages/*/*.config.ts']

const ENVIRONMENT = 'Settings are read once, in config.ts, so that a start is complete or does not happen.'

const noEnvironment = [
  { selector: "MemberExpression[object.name='process'][property.name='env']", message: ENVIRONMENT },
  { selector: "VariableDeclarator[init.name='process'] Property[key.name='env']", message: ENVIRONMENT },
  { selector: 'ImportDeclaration[source.value=/^(node:)?process$/]', message: ENVIRONMENT },
]

const namedExportsOnly = {
  selector: 'ExportDefaultDeclaration',
  message: 'Named exports only: a thing has one name wherever it is used.',
}

const noSqlHere = {
  selector:
    'CallExpression[callee.property.name=/^(selectFrom|insertInto|updateTable|deleteFrom|replaceInto|mergeInto)$/]',
  message: 'Queries stand in repositories, access/ and storage/, where their viewer is checked.',
}

const noFocusedTests = {
  selector: 'MemberExpression[object.name=/^(test|it|describe|suite)$/][property.name=/^(only|skip|todo)$/]',
  message: 'A test runs, or it says by skipIf what it lacks.',
}

const noMockedModules = {
  selector: "CallExpression[callee.object.name='vi'][callee.property.name=/^(mock|doMock|hoisted)$/]",
  message: 'Tests come through the front door; a mock of our own code tests the mock.',
}

export default defineConfig(
  { ignores: ['**/dist/', '**/node_modules/', 'data/', '.cache/'] },
  {
    // A rule that is wrong is changed for everybody, here.
    linterOptions: { noInlineConfig: true, reportUnusedDisableDirectives: 'error' },
  },
  js.configs.recommended,
  tseslint.configs.recommendedTypeChecked,
  // Names that nothing declares are the type checker's to find.
  { rules: { 'no-undef': 'off' } },
  {
    languageOptions: {
      parserOptions: {
        project: ['tsconfig.json', 'packages/*/tsconfig.json'],
        tsconfigRootDir: import.meta.dirname,
      },
    },
    rules: {
      eqeqeq: 'error',
      'no-restricted-syntax': ['error', namedExportsOnly],
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      '@typescript-eslint/no-non-null-assertion': 'error',
      // An environment variable that is empty is not set, and `||` says so.
      '@typescript-eslint/prefer-nullish-coalescing': ['error', { ignorePrimitives: { string: true } }],
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
      '@typescript-eslint/no-deprecated': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', ignoreRestSiblings: true }],
      // What an abort signal or a catch clause passes on is of no known type.
      '@typescript-eslint/prefer-promise-reject-errors': [
        'error',
        { allowThrowingAny: true, allowThrowingUnknown: true },
      ],
      // Interfaces of plain functions, such as a component's props, are written in method style.
      '@typescript-eslint/unbound-method': 'off',
      // Handlers and adapters are async by their port's promise, whether or not this one waits for anything.
      '@typescript-eslint/require-await': 'off',
    },
  },
  { files: SERVERS, rules: { 'no-console': 'error' } },
  {
    files: ['packages/*/src/**/*.{ts,tsx}'],
    ignores: ['packages/*/src/config.ts', ...TESTS],
    rules: { 'no-restricted-syntax': ['error', namedExportsOnly, ...noEnvironment] },
  },
  {
    files: ['packages/backend/src/**/*.ts'],
    ignores: [
      'packages/backend/src/{access,storage}/**',
      '**/*.repository.ts',
      'packages/backend/src/config.ts',
      ...TESTS,
    ],
    rules: { 'no-restricted-syntax': ['error', namedExportsOnly, ...noEnvironment, noSqlHere] },
  },
  {
    files: ['packages/web/**/*.{ts,tsx}'],
    extends: [reactHooks.configs.flat.recommended],
    rules: {
      // To measure the page and render again is what a layout effect is for.
      'react-hooks/set-state-in-effect': 'off',
      // Concerns the React compiler, which is not used here.
      'react-hooks/incompatible-library': 'off',
    },
  },
  {
    files: TESTS,
    rules: { 'no-restricted-syntax': ['error', namedExportsOnly, noFocusedTests, noMockedModules] },
  },
  // In JavaScript a cast is a comment, which this rule cannot see.
  { files: ['**/*.mjs'], rules: { '@typescript-eslint/no-unsafe-assignment': 'off' } },
  { files: CONFIGS, rules: { 'no-restricted-syntax': 'off' } },
  {
    files: ['**/{utils,helpers,types}.{ts,tsx,mjs}'],
    rules: {
      'no-restricted-syntax': [
        'error',
        {
          selector: 'Program',
          message: 'Name the file for what it does, not for what kind of drawer it is.',
        },
      ],
    },
  },
)
