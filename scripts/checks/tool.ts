import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { root } from '../launch.mjs'

export interface ToolRun {
  readonly code: number
  /** Everything it printed, unless it was shown while it ran. */
  readonly output: string
}

const running = new Set<ChildProcess>()

/**
 * Runs one of the installed development tools in the checkout. With `show` its output goes to the terminal as it comes;
 * else it is kept.
 */
export async function runTool(
  tool: string,
  args: readonly string[],
  { show = false, env = process.env }: { show?: boolean; env?: NodeJS.ProcessEnv } = {},
): Promise<ToolRun> {
  const sink = show ? 'inherit' : 'pipe'
  const command = [join(root, 'node_modules/.bin', tool), ...args]
  const child = spawn(process.execPath, command, { cwd: root, env, stdio: ['ignore', sink, sink] })
  running.add(child)
  const chunks: Buffer[] = []
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk: Buffer) => chunks.push(chunk))
  const [code] = (await once(child, 'close')) as [number | null] // as `close` is documented
  running.delete(child)
  return { code: code ?? 1, output: Buffer.concat(chunks).toString() }
}

/** Whoever ends the checks ends their tools and lets them tidy up; a terminal's Ctrl-C reaches the tools by itself. */
export function endToolsWithUs(): void {
  const end = async (forward: boolean) => {
    const ends = [...running].map((child) => once(child, 'close'))
    if (forward) for (const child of running) child.kill('SIGTERM')
    await Promise.all(ends)
    process.exit(130)
  }
  process.once('SIGINT', () => void end(false))
  process.once('SIGTERM', () => void end(true))
}
