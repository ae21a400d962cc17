import { describe, expect, test } from 'vitest'
import { leftOut, leftOutWords } from './left-out.ts'

describe('an import leaves out by name', () => {
  test('what is hidden or the system put there, also in a hidden folder', () => {
    for (const path of [
      '.DS_Store',
      'a/Thumbs.db',
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

  test('and nothing else, whatever it is called', () => {
    for (const path of ['IMG_1.JPG', 'scan', 'mov', 'a.b/c', 'notes.txt', 'IMG_1.xmp.jpg', 'Thumbs.db.jpg']) {
      expect(leftOut(path), path).toBeNull()
    }
  })
})

test('what was left out is told in one phrase', () => {
  expect(leftOutWords({ hidden: 0, video: 0, sidecar: 0 })).toBeNull()
  expect(leftOutWords({ hidden: 1, video: 0, sidecar: 2 })).toBe('1 hidden or system file and 2 side-cars')
})
