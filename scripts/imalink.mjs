// `npm run imalink -- …`: the command line; `admin …` works on the data of this machine's own server.
import { launch } from './launch.mjs'

await launch({
  dev: false,
  command: async (args) => (await import('./command-line.mjs')).runCommandLine(args),
})
