import { expect, test } from 'vitest'
import { extensionOf, isCacheFolder, isNotAPhoto, isRawFormat, isRawName, kindOfName } from './not-a-photo.ts'

test.each(['a.jpg', 'A.JPEG', 'x.CR3', 'x.heic', '.x.NeF', 'two.jpg.png'])(
  '%s is a photo by its name',
  (name) => {
    expect(kindOfName(name)).toBe('photo')
  },
)

test.each(['a.mp4', 'A.ZIP', 'IMG_1.CR2.xmp', 'Thumbs.db', 'setup.exe', 'notes.txt', 'cut.psd'])(
  '%s is something else by its name',
  (name) => {
    expect(isNotAPhoto(name)).toBe(true)
  },
)

test.each(['no-extension', 'photo.old', 'DSC0001.', 'a.jpg copy', 'trailing.jpg ', 'IMG.0001'])(
  '%s may be a photo',
  (name) => {
    expect(kindOfName(name)).toBe('maybe')
  },
)

test('tells videos and side-cars from other things that are no photos', () => {
  expect(['a.MOV', 'a.jpg.xmp', 'notes.txt'].map(kindOfName)).toEqual(['video', 'sidecar', 'other'])
})

test('knows camera RAW by the name of a file and by the name of its format', () => {
  expect(['IMG_1.CR2', 'a.dng', 'IMG_1.JPG', 'cr2'].map(isRawName)).toEqual([true, true, false, false])
  expect(['CR2', 'DNG', 'JPEG', 'TIFF'].map(isRawFormat)).toEqual([true, true, false, false])
})

test('takes as extension what stands after the last dot, in lower case, and nothing of a hidden name', () => {
  expect(extensionOf('a.tar.GZ')).toBe('.gz')
  expect(extensionOf('.profile')).toBe('')
  expect(extensionOf('plain')).toBe('')
})

test('knows the folders in which other programs keep previews', () => {
  expect(['@eaDir', 'Previews.lrdata', '#recycle', '$RECYCLE.BIN'].every(isCacheFolder)).toBe(true)
  expect(['2024', 'eaDir', 'lrdata'].some(isCacheFolder)).toBe(false)
})
