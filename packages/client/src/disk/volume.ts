import { readFileSync, readdirSync, realpathSync } from 'node:fs'
import { join } from 'node:path'
import type { DiskPath } from './disk-path.ts'
import { isSystemError } from './read-errors.ts'

/** Where Linux tells about its disks. */
export interface DiskNames {
  /** What is mounted where: `/proc/self/mountinfo`, described in proc_pid_mountinfo(5). */
  readonly mounts: string
  /** Folders of links from what a disk is called to what it is: `/dev/disk`. */
  readonly disks: string
  /** Links from a device's numbers to what it is: `/dev/block`. */
  readonly blocks: string
}

const linux: DiskNames = { mounts: '/proc/self/mountinfo', disks: '/dev/disk', blocks: '/dev/block' }

interface Mount {
  readonly point: string
  readonly numbers: string
  readonly fileSystem: string
  readonly source: string
}

const MAX_NAME = 255

/**
 * What the disk that a path is on calls itself wherever it is plugged in: the UUID of its file system, else its label;
 * `host:/share` of a network disk. `''` where nobody says.
 */
export function volumeOf(path: DiskPath, names: DiskNames = linux): string {
  const mount = mountOf(path, names)
  if (mount === undefined) return ''
  const { source, fileSystem } = mount
  const namesItself = /^([^/\s]+:|\/\/)/.test(source) || fileSystem === 'zfs'
  const name = namesItself ? Buffer.from(source, 'latin1').toString('utf8') : nameOfDevice(mount, names)
  return name.length > MAX_NAME ? '' : name
}

/** The mount that is nearest above the path; of several on one point the last, which hides the others. */
function mountOf(path: DiskPath, { mounts }: DiskNames): Mount | undefined {
  const bytes = Buffer.from(path).toString('latin1')
  const isAbove = ({ point }: Mount) =>
    bytes === point || bytes.startsWith(point.endsWith('/') ? point : `${point}/`)
  const above = mountsIn(textIn(mounts)).filter(isAbove)
  const nearest = Math.max(...above.map(({ point }) => point.length))
  return above.findLast(({ point }) => point.length === nearest)
}

/** Text of one byte a character, as mount points are bytes. */
function mountsIn(text: string): Mount[] {
  return text.split('\n').flatMap((line) => {
    const [place = '', device = ''] = line.split(' - ', 2)
    const [, , numbers = '', , point] = place.split(' ')
    const [fileSystem = '', source = ''] = device.split(' ')
    return point === undefined
      ? []
      : [{ point: unescape(point), numbers, fileSystem, source: unescape(source) }]
  })
}

function unescape(field: string): string {
  return field.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(parseInt(octal, 8)))
}

function nameOfDevice({ source, numbers }: Mount, { disks, blocks }: DiskNames): string {
  const device = realPath(source) ?? realPath(join(blocks, numbers))
  if (device === null) return ''
  const named = ['by-uuid', 'by-label'].flatMap((kind) => {
    const folder = join(disks, kind)
    return namesIn(folder).filter((name) => realPath(join(folder, name)) === device)
  })
  return (named[0] ?? '').replace(/(\\x[0-9a-f]{2})+/gi, (escaped) =>
    Buffer.from(escaped.replaceAll('\\x', ''), 'hex').toString('utf8'),
  )
}

/** What this system does not have says nothing. */
function orNothing<T>(ask: () => T): T | null {
  try {
    return ask()
  } catch (error) {
    if (isSystemError(error)) return null
    throw error
  }
}

const textIn = (file: string) => orNothing(() => readFileSync(file, 'latin1')) ?? ''
const namesIn = (folder: string) => orNothing(() => readdirSync(folder)) ?? []
const realPath = (path: string) => (path.startsWith('/') ? orNothing(() => realpathSync(path)) : null)
