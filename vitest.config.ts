import { defineConfig } from 'vitest/config'

/** Beside other work on two cores, a start of the whole system or a property of a thousand texts takes seconds. */
const patient = { testTimeout: 30_000, hookTimeout: 60_000 }

/** Tests that start programs or drive a browser, when the others are through: half of their time they wait. */
const late = { ...patient, testTimeout: 120_000, sequence: { groupOrder: 1 } }

/** Its files share the modules of a worker: to load them takes longer than most files. Each has a database and an app of its own. */
const backend = { ...patient, include: ['packages/backend/tests/**/*.test.ts'], isolate: false }

export default defineConfig({
  test: {
    maxWorkers: 2,
    projects: [
      {
        test: {
          ...patient,
          name: 'unit',
          include: ['packages/*/src/**/*.test.{ts,tsx}', 'scripts/**/*.test.ts'],
        },
      },
      { test: { ...patient, name: 'core', include: ['packages/core/tests/**/*.test.ts'] } },
      {
        test: {
          ...backend,
          name: 'backend-sqlite',
          env: { IMALINK_TEST_DATABASE: 'sqlite' },
        },
      },
      {
        test: {
          ...backend,
          name: 'backend-postgres',
          env: { IMALINK_TEST_DATABASE: 'postgres' },
          globalSetup: 'tests/postgres-server.ts',
        },
      },
      { test: { ...patient, name: 'cli', include: ['packages/cli/tests/**/*.test.ts'] } },
      { test: { ...patient, name: 'boundaries', include: ['tests/boundaries/**/*.test.ts'] } },
      {
        test: {
          ...late,
          name: 'system',
          include: ['tests/system/**/*.test.ts'],
        },
      },
      {
        test: {
          ...late,
          name: 'browser',
          include: ['tests/browser/**/*.test.ts'],
        },
      },
    ],
  },
})
