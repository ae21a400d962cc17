import { describe, expect, test } from 'vitest'
import { type Shot, findStacks } from './find-stacks.ts'

const usual = {
  ...{ camera: 'X', rating: 0, exposureSeconds: 0.004, f_number: 8, iso: 100, focal_length: 23, bias: 0 },
}

/** Shots so many seconds from the first, each with what is said of it. */
const shots = (...said: readonly (readonly [seconds: number, more?: Partial<Shot>])[]): Shot[] =>
  said.map(([seconds, more], index) => ({
    ...usual,
    hothash: String(index),
    takenMs: seconds * 1000,
    ...more,
  }))
const found = (some: readonly Shot[]) =>
  findStacks(some).map(({ stack_type, photo_hothashes }) => `${stack_type} ${photo_hothashes.join('')}`)

describe('photos of one camera', () => {
  test('less than two seconds apart are a burst, two seconds apart are not', () => {
    expect(found(shots([0], [1.999], [3.9], [5.9], [60], [62]))).toEqual(['burst 012'])
  })

  test('are a burst where the shutter was open for long', () => {
    expect(found(shots([0, { exposureSeconds: 30 }], [31, { exposureSeconds: 30 }]))).toEqual(['burst 01'])
  })

  test('of another camera between them do not matter', () => {
    expect(found(shots([0], [0.5, { camera: 'Y' }], [1]))).toEqual(['burst 02'])
    expect(found(shots([0, { camera: null }], [1, { camera: null }]))).toEqual([])
  })
})

describe('photos in haste', () => {
  const biased = (...biases: number[]) =>
    shots(...biases.map((bias, index) => [index / 2, { bias }] as const))

  test('with three steps of compensation are a bracket, one after the other several', () => {
    expect(found(biased(0, -2, 2))).toEqual(['hdr 012'])
    expect(found(biased(0, -1, 1, 0, -1, 1, 0))).toEqual(['hdr 012', 'hdr 345'])
  })

  test('whose exposure was set by hand are a bracket as well', () => {
    const times = [1 / 1000, 1 / 250, 1 / 60]
    const some = shots(
      ...times.map((exposureSeconds, index) => [index / 2, { exposureSeconds, bias: null }] as const),
    )

    expect(found(some)).toEqual(['hdr 012'])
  })

  test('that a meter exposed a little differently are a burst', () => {
    const times = [1 / 250, 1 / 240, 1 / 260, 1 / 250]

    expect(
      found(shots(...times.map((exposureSeconds, index) => [index, { exposureSeconds }] as const))),
    ).toEqual(['burst 0123'])
  })

  test('of which not all are in brackets are a burst', () => {
    expect(found(biased(0, 0, -2, 2))).toEqual(['burst 0123'])
  })

  test('with another focal length in between are no bracket', () => {
    const some = biased(0, -2, 2).map((shot, index) => ({ ...shot, focal_length: 20 + index }))

    expect(found(some)).toEqual(['burst 012'])
  })
})

describe('photos some seconds apart', () => {
  test('with one exposure are a panorama, if there are three and all is known', () => {
    expect(found(shots([0], [5], [15], [40], [45]))).toEqual(['panorama 012'])
    expect(found(shots([0, { iso: null }], [5, { iso: null }], [10, { iso: null }]))).toEqual([])
  })

  test('are parted where the exposure changes', () => {
    expect(found(shots([0], [5], [10], [15, { iso: 200 }], [20, { iso: 200 }], [25, { iso: 200 }]))).toEqual([
      'panorama 012',
      'panorama 345',
    ])
  })
})
