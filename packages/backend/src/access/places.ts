import type { Box } from '@imalink/contract'

/** Mean radius, IUGG. */
const EARTH_KM = 6371.0088
const DEGREE = Math.PI / 180

export interface Circle {
  readonly lat: number
  readonly lon: number
  readonly radiusKm: number
}

/** The smallest box of degrees that holds the circle; all longitudes where it holds a pole. */
export function boxAround({ lat, lon, radiusKm }: Circle): Box {
  const angle = radiusKm / EARTH_KM
  const [south, north] = [lat - angle / DEGREE, lat + angle / DEGREE]
  if (south <= -90 || north >= 90)
    return { west: -180, east: 180, south: Math.max(south, -90), north: Math.min(north, 90) }
  const reach = Math.asin(Math.min(Math.sin(angle) / Math.cos(lat * DEGREE), 1)) / DEGREE
  return { west: wrapped(lon - reach), east: wrapped(lon + reach), south, north }
}

const wrapped = (degrees: number) =>
  degrees < -180 ? degrees + 360 : degrees > 180 ? degrees - 360 : degrees

/** The square of the sine of half the circle's angle: what the haversine of a point within it does not exceed. */
export function haversineWithin({ radiusKm }: Circle): number {
  const half = Math.min(radiusKm / (2 * EARTH_KM), Math.PI / 2)
  // A point is as far from itself as arithmetic makes it.
  return Math.sin(half) ** 2 + 1e-15
}

/** Longitudes of a box, from west to east; two ranges where it crosses the antimeridian. */
export function longitudesOf({ west, east }: Box): (readonly [from: number, to: number])[] {
  return west <= east
    ? [[west, east]]
    : [
        [west, 180],
        [-180, east],
      ]
}

/** Cells of a tenth of a degree are numbered from the south pole, row by row; `photos.gps_cell` counts alike. */
const CELLS_IN_A_ROW = 3601
const cellRow = (latitude: number) => Math.floor((latitude + 90) * 10)
const cellColumn = (longitude: number) => Math.floor((longitude + 180) * 10)

/** Ranges of cells that hold every point of the box, or null where they are more than `most`. */
export function cellsOf(box: Box, most: number): (readonly [from: number, to: number])[] | null {
  const [first, last] = [cellRow(box.south), cellRow(box.north)]
  const columns = longitudesOf(box).map(([from, to]) => [cellColumn(from), cellColumn(to)] as const)
  if ((last - first + 1) * columns.length > most) return null
  const rows = Array.from({ length: last - first + 1 }, (_, index) => (first + index) * CELLS_IN_A_ROW)
  return rows.flatMap((row) => columns.map(([from, to]) => [row + from, row + to] as const))
}
