import { expect, test } from 'vitest'
import { cameraOf, dimensionsOf, exposureOf, formatAltitude, formatCoordinates } from './photo-facts.ts'

test('a camera is named once, however its maker writes it', () => {
  expect(cameraOf({ camera_make: 'Canon', camera_model: 'Canon EOS R5' })).toBe('Canon EOS R5')
  expect(cameraOf({ camera_make: 'NIKON CORPORATION', camera_model: 'NIKON D90' })).toBe('NIKON D90')
  expect(cameraOf({ camera_make: 'Apple', camera_model: 'iPhone 13 Pro' })).toBe('Apple iPhone 13 Pro')
  expect(cameraOf({ camera_make: null, camera_model: 'DSC-F1' })).toBe('DSC-F1')
  expect(cameraOf({ camera_make: null, camera_model: null })).toBeNull()
})

test('the exposure tells what is known of it', () => {
  expect(exposureOf({ exposure_time: '1/250', f_number: 2.8 })).toBe('1/250 s · f/2.8')
  expect(exposureOf({ exposure_time: null, f_number: 8 })).toBe('f/8')
  expect(exposureOf({ exposure_time: null, f_number: null })).toBeNull()
})

test('coordinates name their hemispheres, and altitude its side of the sea', () => {
  expect(formatCoordinates(-34.9011, -56.1645)).toBe('34.90110° S, 56.16450° W')
  expect(formatCoordinates(59.9139, 10.7522)).toBe('59.91390° N, 10.75220° E')
  expect(formatAltitude(-431.4)).toBe('431 m below sea level')
})

test('the size is told in pixels and megapixels', () => {
  expect(dimensionsOf({ width: 6000, height: 4000 })).toBe('6000 × 4000 px, 24 MP')
  expect(dimensionsOf({ width: 640, height: 480 })).toBe('640 × 480 px, 0.3 MP')
})
