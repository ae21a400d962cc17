// `npm start`: the whole of ImaLink on this machine.
import { launch } from './launch.mjs'

await launch({ dev: false, command: async () => (await import('./serve.ts')).serve() })
