import { expect, test } from 'vitest'
import { groupByName } from './group-by-name.ts'

const groups = (...names: string[]) =>
  groupByName(names.map((filename) => ({ filename }))).map(({ files, sidecars }) => ({
    files: files.map(({ filename }) => filename),
    sidecars: sidecars.map(({ filename }) => filename),
  }))

test('puts a RAW, its JPEG and their side-car together, the JPEG first, whatever the case', () => {
  expect(groups('IMG_1.CR2', 'img_1.jpg', 'IMG_1.xmp', 'IMG_2.JPG')).toEqual([
    { files: ['img_1.jpg', 'IMG_1.CR2'], sidecars: ['IMG_1.xmp'] },
    { files: ['IMG_2.JPG'], sidecars: [] },
  ])
})

test('puts names together that are composed differently', () => {
  expect(groups('u\u0308.NEF', '\u00fc.JPG')).toEqual([
    { files: ['\u00fc.JPG', 'u\u0308.NEF'], sidecars: [] },
  ])
})

test('has a side-car of one file go before one of the name', () => {
  expect(groups('IMG_1.CR2', 'IMG_1.xmp', 'IMG_1.CR2.xmp')).toEqual([
    { files: ['IMG_1.CR2'], sidecars: ['IMG_1.CR2.xmp', 'IMG_1.xmp'] },
  ])
})

test('keeps two rendered pictures of one name apart, and pairs the JPEG', () => {
  expect(groups('A.HEIC', 'A.JPG', 'A.DNG', 'A.tif')).toEqual([
    { files: ['A.JPG', 'A.DNG'], sidecars: [] },
    { files: ['A.HEIC'], sidecars: [] },
    { files: ['A.tif'], sidecars: [] },
  ])
})

test('leaves a side-car of nothing out', () => {
  expect(groups('A.JPG', 'B.xmp')).toEqual([{ files: ['A.JPG'], sidecars: [] }])
})

test('keeps pairs apart whose names differ in case, where the disk does', () => {
  expect(groups('IMG_1.JPG', 'img_1.jpg', 'IMG_1.NEF', 'img_1.nef')).toEqual([
    { files: ['IMG_1.JPG', 'IMG_1.NEF'], sidecars: [] },
    { files: ['img_1.jpg', 'img_1.nef'], sidecars: [] },
  ])
})

test('leaves names alone that are no text, because they look alike', () => {
  expect(groups('bl\uFFFD.jpg', 'bl\uFFFD.nef', 'bl\uFFFD.xmp')).toEqual([
    { files: ['bl\uFFFD.jpg'], sidecars: [] },
    { files: ['bl\uFFFD.nef'], sidecars: [] },
  ])
})
