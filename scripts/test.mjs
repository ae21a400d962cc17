// `npm test`: every check of the project.
import { launch } from './launch.mjs'

await launch({ dev: true, command: async () => (await import('./checks/run-checks.ts')).runChecks() })
