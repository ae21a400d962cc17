import { describe, expect, test } from 'vitest'
import { leftOut, leftOutWords, sortOut } from './left-out.ts'

describe('an import leaves out by name', () => {
  test('what is hidden or the system put there, also in a hidden folder', () => {
    for (const path of [
      '.DS_Store',
      'a/Lightroom Previews.lrdata/1.jpg',
      'a/Icon\r',
      'a/.thumbnails/1.jpg',
      'a/@eaDir/1.jpg',
      '__MACOSX/._1.jpg',
    ]) {
      expect(leftOut(path), path).toBe('hidden')
    }
  })

  test('videos and side-cars, however their names are written', () => {
    expect(leftOut('2024/MVI_1.MOV')).toBe('video')
    expect(leftOut('2024/IMG_1.CR2.xmp')).toBe('sidecar')
    expect(leftOut('2024/IMG_1.AAE')).toBe('sidecar')
  })

  test('other things that are no photos', () => {
    for (const path of ['a/Thumbs.db', 'notes.txt', 'a/setup.exe']) expect(leftOut(path), path).toBe('other')
  })

  test('and nothing else, whatever it is called', () => {
    for (const path of ['IMG_1.JPG', 'scan', 'mov', 'a.b/c', 'IMG_1.xmp.jpg', 'Thumbs.db.jpg']) {
      expect(leftOut(path), path).toBeNull()
    }
  })
})

test('a folder is sorted into groups with their side-cars, and what is left out', () => {
  const files = [
    'a/IMG_1.NEF',
    'a/IMG_1.JPG',
    'a/IMG_1.xmp',
    'a/IMG_2.jpg',
    'a/lost.xmp',
    'a/film.mp4',
    'a/.IMG_1.xmp',
    'a/IMG_2.pp3',
  ]
  const folder = files.map((path) => ({ path, filename: path.slice(2) }))

  const { groups, leftOut: reasons } = sortOut(folder)

  const named = groups.map((group) =>
    [group.files, group.sidecars].map((some) => some.map(({ path }) => path)),
  )
  expect(named).toEqual([
    [['a/IMG_1.JPG', 'a/IMG_1.NEF'], ['a/IMG_1.xmp']],
    [['a/IMG_2.jpg'], []],
  ])
  expect(reasons.sort()).toEqual(['hidden', 'sidecar', 'sidecar', 'video'])
})

test('what was left out is told in one phrase', () => {
  expect(leftOutWords({ hidden: 0, video: 0, sidecar: 0, other: 0 })).toBeNull()
  expect(leftOutWords({ hidden: 1, video: 0, sidecar: 2, other: 0 })).toBe(
    '1 hidden or system file and 2 side-cars without a photo',
  )
})
