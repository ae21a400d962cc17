import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type DiskNames, volumeOf } from './volume.ts'

let system: string
let names: DiskNames

/** A system with three devices: one with a UUID, one with a label that has a blank, and one that nothing names. */
beforeEach(async () => {
  system = await mkdtemp(join(tmpdir(), 'imalink-volume-'))
  const [mounts, disks, blocks] = [join(system, 'mountinfo'), join(system, 'disk'), join(system, 'block')]
  names = { mounts, disks, blocks }
  for (const folder of ['disk/by-uuid', 'disk/by-label', 'block'])
    await mkdir(join(system, folder), { recursive: true })
  for (const device of ['sda1', 'sdb1', 'sdc1', 'dm-0']) await writeFile(join(system, device), '')
  await symlink('../../sda1', join(disks, 'by-uuid', '1234-ABCD'))
  await symlink('../../dm-0', join(disks, 'by-uuid', 'aaaa-bbbb'))
  await symlink('../../sda1', join(disks, 'by-label', 'CARD'))
  await symlink('../../sdb1', join(disks, 'by-label', String.raw`Blue\x20disk\xc3\xa9`))
  await symlink('../sda1', join(blocks, '8:1'))
  await symlink('dm-0', join(system, 'mapped'))
  const lines = [
    `22 1 8:9 / / rw - ext4 /dev/root rw`,
    `23 22 8:1 / /media/card rw,nosuid shared:7 - vfat ${system}/sda1 rw`,
    String.raw`24 22 8:2 / /media/my\040disk rw - exfat ${system}/sdb1 rw`,
    `25 22 8:3 / /media/plain rw - ext4 ${system}/sdc1 rw`,
    `26 22 0:44 / /media/nas rw - nfs4 nas.local:/photos rw`,
    `27 22 0:45 / /media/share rw - cifs //nas/share rw`,
    `28 22 8:1 / /media/moved rw - vfat /dev/no-longer rw`,
    `29 22 253:0 / /media/locked rw - btrfs ${system}/mapped rw`,
    `30 22 0:46 / /media/tank rw - zfs tank/photos rw`,
    `31 22 0:47 / /media/over rw - tmpfs tmpfs rw`,
    `32 31 8:1 / /media/over rw - vfat ${system}/sda1 rw`,
  ]
  await writeFile(mounts, `${lines.join('\n')}\n`)
})
afterEach(() => rm(system, { recursive: true }))

test.each([
  ['/media/card', '1234-ABCD', 'the UUID of its file system'],
  ['/media/card/DCIM', '1234-ABCD', 'the nearest mount above'],
  ['/media/my disk/a', 'Blue disk\u00E9', 'a label where there is no UUID'],
  ['/media/plain/a', '', 'nothing where nothing names the device'],
  ['/media/nas/2024', 'nas.local:/photos', 'host and share of a network disk'],
  ['/media/share', '//nas/share', 'a Windows share'],
  ['/media/moved/a', '1234-ABCD', 'a device by its numbers, where its name is not there'],
  ['/media/locked/a', 'aaaa-bbbb', 'a device behind a link'],
  ['/media/tank/a', 'tank/photos', 'a ZFS dataset'],
  ['/media/over/a', '1234-ABCD', 'the last of two mounts on one point'],
  ['/media/cardigan', '', 'no mount that only begins alike'],
  ['/home/me', '', 'nothing for a root that is nowhere'],
])('of %s is %j: %s', (path, volume) => {
  expect(volumeOf(path, names)).toBe(volume)
})

test('of a path that is not UTF-8 is that of its mount', () => {
  expect(volumeOf(Buffer.from('/media/card/\xff', 'latin1'), names)).toBe('1234-ABCD')
})

test('is unknown on a system that does not tell of its disks', () => {
  expect(volumeOf('/media/card', { mounts: '/no/such', disks: '/no/such', blocks: '/no/such' })).toBe('')
})
