import { setFlagsFromString } from 'node:v8'
import { type CoreConfig, BadSetting, readConfig } from './config.ts'
import { buildServer } from './server.ts'

/**
 * An upload comes in pieces that lie outside of V8's heap, and V8's own limit for such memory makes it look through
 * everything for every other photo. Counted with the heap, they cost the server 17 instead of 27 CPU-ms for a photo of 8 MB;
 * looked through at a growth of 30 %, the garbage of two files of 400 MB adds 80 MiB to its peak and not 500 (measured).
 * A V8 that does not know the words says so and goes on.
 */
setFlagsFromString('--external-memory-accounted-in-global-limit')
setFlagsFromString('--heap-growing-percent=30')

await start()

async function start(): Promise<void> {
  try {
    await serve(readConfig())
  } catch (error) {
    process.stderr.write(`${inOneSentence(error)}\n`)
    process.exit(1)
  }
}

async function serve(config: CoreConfig): Promise<void> {
  const app = await buildServer(config)
  // Before it listens: whoever sees it listening may already tell it to stop.
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.once(signal, () => void app.close().then(() => process.exit(0)))
  }
  await app.listen({ host: config.host, port: config.port }).catch(async (error: unknown) => {
    await app.close()
    throw error
  })
}

function inOneSentence(error: unknown): string {
  if (error instanceof BadSetting) return `ImaLink core cannot start: ${error.message}`
  const { code, message } =
    error instanceof Error ? (error as NodeJS.ErrnoException) : { code: '', message: String(error) }
  if (code === 'EADDRINUSE') {
    return 'ImaLink core cannot start: its port is in use by another program; set IMALINK_CORE_PORT to another one.'
  }
  if (code === 'EACCES' || code === 'EADDRNOTAVAIL') {
    return 'ImaLink core cannot start: it may not listen at IMALINK_HOST and IMALINK_CORE_PORT.'
  }
  return `ImaLink core cannot start: ${message}.`
}
