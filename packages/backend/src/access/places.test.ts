import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Circle, boxAround, cellsOf, haversineWithin, longitudesOf } from './places.ts'

const DEGREE = Math.PI / 180

function haversine(a: { lat: number; lon: number }, b: { lat: number; lon: number }): number {
  const half = (from: number, to: number) => Math.sin(((to - from) * DEGREE) / 2) ** 2
  return half(a.lat, b.lat) + Math.cos(a.lat * DEGREE) * Math.cos(b.lat * DEGREE) * half(a.lon, b.lon)
}

const degrees = (most: number) => fc.double({ min: -most, max: most, noNaN: true })
const point = fc.record({ lat: degrees(90), lon: degrees(180) })
const circle = fc.record({
  lat: degrees(90),
  lon: degrees(180),
  radiusKm: fc.double({ min: 0.001, max: 20_038, noNaN: true }),
})
/** Where a circle's box is narrowest, somewhat beyond it and within. */
const nearby = fc.record({
  circle,
  turn: fc.double({ min: 0, max: 2 * Math.PI, noNaN: true }),
  part: fc.double({ min: 0, max: 1.5, noNaN: true }),
})

/** The point that lies `part` of the radius away in the direction `turn`. */
function pointAt({ lat, lon, radiusKm }: Circle, turn: number, part: number) {
  const angle = Math.min((radiusKm / 6371.0088) * part, Math.PI)
  const sine =
    Math.sin(lat * DEGREE) * Math.cos(angle) + Math.cos(lat * DEGREE) * Math.sin(angle) * Math.cos(turn)
  const to = Math.asin(Math.max(-1, Math.min(1, sine)))
  const east = Math.atan2(
    Math.sin(turn) * Math.sin(angle) * Math.cos(lat * DEGREE),
    Math.cos(angle) - Math.sin(lat * DEGREE) * Math.sin(to),
  )
  const longitude = lon + east / DEGREE
  return {
    lat: to / DEGREE,
    lon: longitude > 180 ? longitude - 360 : longitude < -180 ? longitude + 360 : longitude,
  }
}

function isIn(box: ReturnType<typeof boxAround>, { lat, lon }: { lat: number; lon: number }): boolean {
  return (
    lat >= box.south && lat <= box.north && longitudesOf(box).some(([from, to]) => lon >= from && lon <= to)
  )
}

describe('a circle', () => {
  test('lies in its box whole, at the poles and across the antimeridian too', () => {
    const check = (around: Circle, { lat, lon }: { lat: number; lon: number }) => {
      // Arithmetic may put what lies on the edge on either side of it.
      const isClearlyWithin = haversine(around, { lat, lon }) < haversineWithin(around) * (1 - 1e-9) - 1e-12
      if (isClearlyWithin) expect(isIn(boxAround(around), { lat, lon })).toBe(true)
    }
    fc.assert(fc.property(circle, point, check))
    fc.assert(
      fc.property(nearby, ({ circle: around, turn, part }) => check(around, pointAt(around, turn, part))),
      { numRuns: 1000 },
    )
  })

  test.each([
    [{ lat: 0, lon: 179.9, radiusKm: 50 }, { lat: 0, lon: -179.8 }, true],
    [{ lat: 0, lon: 179.9, radiusKm: 20 }, { lat: 0, lon: -179.8 }, false],
    [{ lat: 89.9, lon: 0, radiusKm: 30 }, { lat: 89.9, lon: 180 }, true],
    [{ lat: 59.9139, lon: 10.7522, radiusKm: 304 }, { lat: 60.3913, lon: 5.3221 }, false],
    [{ lat: 59.9139, lon: 10.7522, radiusKm: 306 }, { lat: 60.3913, lon: 5.3221 }, true],
    [{ lat: 10, lon: 10, radiusKm: 20_038 }, { lat: -10, lon: -170 }, true],
  ])('%j and %j', (around, place, isWithin) => {
    expect(haversine(around, place) <= haversineWithin(around)).toBe(isWithin)
  })
})

describe('the cells of a box', () => {
  const cellOf = ({ lat, lon }: { lat: number; lon: number }) =>
    Math.floor((lat + 90) * 10) * 3601 + Math.floor((lon + 180) * 10)

  test('hold every point of it', () => {
    fc.assert(
      fc.property(nearby, ({ circle: around, turn, part }) => {
        const box = boxAround(around)
        const inside = pointAt(around, turn, part)
        const cells = cellsOf(box, 1e6) ?? []
        if (isIn(box, inside))
          expect(cells.some(([from, to]) => cellOf(inside) >= from && cellOf(inside) <= to)).toBe(true)
      }),
    )
  })

  test('are refused where they are too many', () => {
    const norway = { west: 4, south: 57, east: 32, north: 72 }

    expect(cellsOf(norway, 60)).toBeNull()
    expect(cellsOf({ ...norway, north: 57.3 }, 60)).toHaveLength(4)
  })

  test('of a box across the antimeridian are those of both its sides', () => {
    expect(cellsOf({ west: 179.95, south: 0, east: -179.95, north: 0.05 }, 60)).toEqual([
      [900 * 3601 + 3599, 900 * 3601 + 3600],
      [900 * 3601, 900 * 3601],
    ])
  })
})
