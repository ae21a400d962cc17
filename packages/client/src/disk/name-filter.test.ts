import { describe, expect, test } from 'vitest'
import { nameFilter } from './name-filter.ts'

const wants = (include: string[], path: string) => nameFilter({ include, exclude: [] }).wantsFile(path)
const enters = (exclude: string[], path: string) => nameFilter({ include: [], exclude }).entersFolder(path)

describe('a glob', () => {
  test.each([
    ['*.jpg', 'a.jpg'],
    ['*.jpg', 'deep/er/A.JPG'],
    ['IMG_[0-9]*', 'x/IMG_1.cr2'],
    ['*.{jpg,heic}', 'a.heic'],
    ['2024', '2024/06/a.jpg'],
    ['raw/', 'x/raw/a.jpg'],
    ['2024/06', '2024/06/a.jpg'],
    ['2024/**/*.jpg', '2024/a.jpg'],
    ['./a.jpg', 'a.jpg'],
    ['/a.jpg', 'a.jpg'],
    ['Caf\u00E9*', 'Cafe\u0301.jpg'],
    ['!odd.jpg', '!odd.jpg'],
    ['*', '.dotted'],
  ])('%s means %s', (glob, path) => {
    expect(wants([glob], path)).toBe(true)
  })

  test.each([
    ['*.jpg', 'a.jpg.txt'],
    ['2024/06', 'x/2024/06/a.jpg'],
    ['/a.jpg', 'x/a.jpg'],
    ['a*c', 'a/c'],
    ['2024', '20240/a.jpg'],
  ])('%s does not mean %s', (glob, path) => {
    expect(wants([glob], path)).toBe(false)
  })

  test('that excludes a folder keeps out of it, and of no folder above it', () => {
    expect(enters(['private'], 'x/private')).toBe(false)
    expect(enters(['x/private'], 'x')).toBe(true)
    expect(enters(['*.jpg'], 'x')).toBe(true)
  })
})
