// `npm run bench`: how fast the parts are, each beside a bare reference measured in the same minute.
import { launch } from './launch.mjs'

await launch({ dev: true, command: async (args) => (await import('./bench.ts')).bench(args) })
