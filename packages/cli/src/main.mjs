// JavaScript, because Node needs 50 ms for the first TypeScript that it has not kept compiled.
import { keepCompiled } from './state-folder.mjs'

keepCompiled(process.env)
if (process.argv[2] === 'import') (await import('./import/journal-thread.ts')).startEarly()
await import('./program.ts')
