import { keepCompiled } from './config.ts'

// What is loaded after this starts in half the time, from the second time on.
keepCompiled()
await import('./program.ts')
