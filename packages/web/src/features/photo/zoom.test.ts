import fc from 'fast-check'
import { expect, test } from 'vitest'
import { MAX_SCALE, fitted, panBy, swipeTarget, zoomAt } from './zoom.ts'

const stage = { width: 1000, height: 600 }
const point = fc.record({ x: fc.integer({ min: -500, max: 500 }), y: fc.integer({ min: -300, max: 300 }) })
const scale = fc.double({ min: 0.01, max: 50, noNaN: true })

test('what is under the pointer stays there when zooming in', () => {
  const zoomed = zoomAt(fitted, 2, { x: 200, y: -100 }, stage)

  expect(zoomed).toEqual({ scale: 2, x: -200, y: 100 })
})

test('the stage never shows past the edge of the picture, however it is zoomed and moved', () => {
  fc.assert(
    fc.property(scale, point, scale, point, point, (first, at, second, there, by) => {
      const view = panBy(zoomAt(zoomAt(fitted, first, at, stage), second, there, stage), by, stage)

      expect(view.scale).toBeGreaterThanOrEqual(1)
      expect(view.scale).toBeLessThanOrEqual(MAX_SCALE)
      expect(Math.abs(view.x)).toBeLessThanOrEqual(((view.scale - 1) * stage.width) / 2 + 1e-9)
      expect(Math.abs(view.y)).toBeLessThanOrEqual(((view.scale - 1) * stage.height) / 2 + 1e-9)
    }),
  )
})

test('zooming all the way out fits the picture in again', () => {
  expect(zoomAt({ scale: 3, x: 400, y: -200 }, 1, { x: 50, y: 50 }, stage)).toEqual(fitted)
})

test('a swipe to the left goes on, to the right goes back, a short one does neither', () => {
  expect([swipeTarget(-120), swipeTarget(120), swipeTarget(-20)]).toEqual([1, -1, 0])
})
