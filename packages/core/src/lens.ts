import type { CameraNotes, LensRange } from './maker-notes/camera-notes.ts'
import { type Tag, type Tags, boundField, fractionsOf, tagOf, textOf } from './tags.ts'
import { xmpText } from './xmp.ts'

/**
 * The lens: by its name in EXIF, the maker's notes or XMP, else by what it can do, `18-55mm f/3.5-5.6`.
 * An interchangeable lens that no file names stays unknown: tables of lens numbers are not kept here.
 */
export function readLens(tags: Tags, notes: CameraNotes): string | null {
  const { exif, sidecar, embedded } = tags
  const inXmp = [embedded, sidecar].flatMap((xmp) =>
    ['exifEX:LensModel', 'aux:Lens'].map((name) => boundField(xmp && xmpText(xmp, name))),
  )
  const candidates = [
    textOf(tagOf(exif, 'LensModel')),
    notes.lens,
    ...inXmp,
    lensRange(specification(tagOf(exif, 'LensSpecification'))),
    lensRange(notes.lensRange),
  ]
  return candidates.find((candidate) => candidate !== null) ?? null
}

function specification(tag: Tag | null): LensRange {
  const [shortest = null, longest = null, wide = null, tele = null] = fractionsOf(tag)
  return { focalMm: [shortest, longest], fNumbers: [wide, tele] }
}

const MAX_FOCAL_MM = 5000
const MAX_F_NUMBER = 99

function lensRange(range: LensRange | null): string | null {
  if (!range) return null
  const [shortest, longest] = range.focalMm.map((mm) => possible(mm, MAX_FOCAL_MM))
  if (!shortest || !longest || shortest > longest) return null
  const [wide, tele] = range.fNumbers.map((number) => possible(number, MAX_F_NUMBER))
  return `${span(shortest, longest)}mm${wide ? ` f/${span(wide, tele ?? wide)}` : ''}`
}

function possible(value: number | null, max: number): number | null {
  return value !== null && value > 0 && value <= max ? Number(value.toFixed(1)) : null
}

function span(from: number, to: number): string {
  return from === to ? String(from) : `${from}-${to}`
}
