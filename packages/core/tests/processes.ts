import { existsSync, readFileSync, readdirSync } from 'node:fs'

/** Whether this system shows what processes there are and what they hold. */
export const seesProcesses = existsSync(`/proc/self/task/${process.pid}/children`)

/** Processes that the process has started to work on images. */
export function workerPidsOf(pid: number | 'self'): number[] {
  return tasksOf(pid)
    .flatMap((thread) => readProc(`/proc/${pid}/task/${thread}/children`).split(' '))
    .filter((child) => child !== '' && readProc(`/proc/${child}/cmdline`).includes('worker.ts'))
    .map(Number)
}

/** 0 for a process that has ended meanwhile. */
export function residentMib(pid: number): number {
  return Number(/VmRSS:\s+(\d+) kB/.exec(readProc(`/proc/${pid}/status`))?.[1] ?? 0) / 1024
}

function tasksOf(pid: number | 'self'): string[] {
  return existsSync(`/proc/${pid}/task`) ? readdirSync(`/proc/${pid}/task`) : []
}

/** Empty for a process that has ended meanwhile. */
export function readProc(file: string): string {
  try {
    return readFileSync(file, 'latin1')
  } catch (error) {
    const gone =
      error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ESRCH')
    if (gone) return ''
    throw error
  }
}
