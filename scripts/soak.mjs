// `npm run soak -- <name> [--seed N] [--rounds N | --only N]`: a test of chance, for as long as somebody wants to wait.
import { launch } from './launch.mjs'

await launch({ dev: true, command: async (args) => (await import('./soak.ts')).soak(args) })
