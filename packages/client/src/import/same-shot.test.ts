import { expect, test } from 'vitest'
import { type Shot, whyNotSameShot } from './same-shot.ts'

const shot: Shot = { taken_at: '2024-06-15T12:00:00', width: 6000, height: 4000, camera_model: 'NIKON D7100' }

test.each<[string, Partial<Shot>]>([
  ['a fraction of a second', { taken_at: '2024-06-15T12:00:01.500' }],
  ['the border of a RAW', { width: 6036, height: 4020 }],
  ['a smaller size', { width: 3000, height: 2000 }],
  ['the case of the camera’s name', { camera_model: 'Nikon D7100 ' }],
  ['what one of them does not say', { taken_at: null, camera_model: null }],
])('is one photo in spite of %s', (_what, other) => {
  expect(whyNotSameShot(shot, { ...shot, ...other })).toBeNull()
})

test.each<[Partial<Shot>, RegExp]>([
  [{ taken_at: '2024-06-15T12:00:03' }, /times differ \(2024-06-15T12:00:00 and 2024-06-15T12:00:03\)/],
  [{ width: 4000, height: 6000 }, /shapes differ/],
  [{ width: 6000, height: 3375 }, /shapes differ \(6000 x 4000 and 6000 x 3375\)/],
  [{ camera_model: 'Canon EOS R6' }, /cameras differ/],
])('is not one photo with %j', (other, reason) => {
  expect(whyNotSameShot(shot, { ...shot, ...other })).toMatch(reason)
})
