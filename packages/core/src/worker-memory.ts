import { readFileSync } from 'node:fs'

const SAMPLE_MS = 100

/**
 * Calls `onExcess` once when the process holds more than `limitBytes`. Looked at from outside ten times a second, because
 * a decoder that is at work hears nothing. Ended by the answer. Only Linux shows another process's memory in a file;
 * elsewhere the worker watches itself (`watchOwnMemory`).
 */
export function watchMemory(pid: number, limitBytes: number, onExcess: () => void): () => void {
  if (watchesItself) return () => {}
  const timer = setInterval(() => {
    if (residentBytes(pid) <= limitBytes) return
    clearInterval(timer)
    onExcess()
  }, SAMPLE_MS)
  return () => clearInterval(timer)
}

export const watchesItself = process.platform !== 'linux'

/** How a worker ends that has found itself over its limit: its number in sysexits.h is free. */
export const OVER_MEMORY_EXIT_CODE = 90

/** For the worker itself, where nobody can look in. It sees what sharp takes; what WebAssembly takes has a bound of its own. */
export function watchOwnMemory(limitBytes: number): void {
  const look = () => {
    if (process.memoryUsage.rss() > limitBytes) process.exit(OVER_MEMORY_EXIT_CODE)
  }
  setInterval(look, SAMPLE_MS).unref()
}

/** 0 for a process that has ended meanwhile. */
function residentBytes(pid: number): number {
  try {
    const kib = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1]
    return Number(kib ?? 0) * 1024
  } catch (error) {
    if (error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ESRCH'))
      return 0
    throw error
  }
}
