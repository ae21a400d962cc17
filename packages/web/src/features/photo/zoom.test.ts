import fc from 'fast-check'
import { expect, test } from 'vitest'
import { MAX_SCALE, fitted, frameOf, panBy, swipeTarget, zoomAt } from './zoom.ts'

const stage = { width: 1000, height: 600 }
const wide = frameOf(stage, 1000 / 600)
const point = fc.record({ x: fc.integer({ min: -500, max: 500 }), y: fc.integer({ min: -300, max: 300 }) })
const scale = fc.double({ min: 0.01, max: 50, noNaN: true })
const ratio = fc.double({ min: 0.1, max: 10, noNaN: true })

test('what is under the pointer stays there when zooming in', () => {
  expect(zoomAt(fitted, 2, { x: 200, y: -100 }, wide)).toEqual({ scale: 2, x: -200, y: 100 })
})

test('a picture covers the stage or stands in its middle, however it is zoomed and moved', () => {
  fc.assert(
    fc.property(ratio, scale, point, scale, point, point, (shape, first, at, second, there, by) => {
      const frame = frameOf(stage, shape)
      const view = panBy(zoomAt(zoomAt(fitted, first, at, frame), second, there, frame), by, frame)
      const spare = (side: 'width' | 'height') => (frame.picture[side] * view.scale - stage[side]) / 2

      expect(view.scale).toBeGreaterThanOrEqual(1)
      expect(view.scale).toBeLessThanOrEqual(MAX_SCALE)
      expect(Math.abs(view.x)).toBeLessThanOrEqual(Math.max(0, spare('width')) + 1e-9)
      expect(Math.abs(view.y)).toBeLessThanOrEqual(Math.max(0, spare('height')) + 1e-9)
    }),
  )
})

test('zooming all the way out fits the picture in again', () => {
  expect(zoomAt({ scale: 3, x: 400, y: -200 }, 1, { x: 50, y: 50 }, wide)).toEqual(fitted)
})

test('a swipe to the left goes on, to the right goes back, a short one does neither', () => {
  expect([swipeTarget(-120), swipeTarget(120), swipeTarget(-20)]).toEqual([1, -1, 0])
})
