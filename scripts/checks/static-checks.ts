import { globSync } from 'node:fs'
import { root } from '../launch.mjs'
import { type Check, fail, pass } from './check.ts'
import { runTool } from './tool.ts'

/** Everything that reads the sources and runs none of them. */
export function staticChecks(): readonly Check[] {
  const projects = ['tsconfig.json', ...globSync('packages/*/tsconfig.json', { cwd: root }).sort()]
  return [
    toolCheck('lint', 'eslint', ['.', '--max-warnings', '0']),
    ...projects.map((project) => toolCheck(`types ${project}`, 'tsc', ['-p', project])),
    toolCheck('format', 'prettier', ['--check', '--log-level', 'warn', '.']),
    toolCheck('boundaries', 'depcruise', [
      '--config',
      'dependency-cruiser.config.mjs',
      'packages',
      'scripts',
      'tests',
    ]),
    toolCheck('unused code', 'knip', ['--no-progress']),
  ]
}

function toolCheck(name: string, tool: string, args: readonly string[]): Check {
  return {
    name,
    async run() {
      const { code, output } = await runTool(tool, args)
      return code === 0 ? pass() : fail(output)
    },
  }
}
