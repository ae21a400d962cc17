import sharp from 'sharp'

/** Where the scene of fixtures/scene.ts has which colour when it is upright. */
export const SCENE = {
  topLeft: [220, 40, 30],
  topRight: [40, 180, 60],
  bottomLeft: [30, 60, 210],
  bottomRight: [240, 240, 240],
} as const

/** The same in colours that ink can print. */
export const MUTED = {
  topLeft: [190, 120, 110],
  topRight: [120, 160, 120],
  bottomLeft: [110, 120, 170],
  bottomRight: [230, 230, 230],
} as const

type Corners = { readonly [corner in keyof typeof SCENE]: readonly number[] }

/** Muted colours in ink, by a printer's profile: at a megabyte it is too large to lie among the fixtures. */
export function inInk(): Promise<Buffer> {
  const corners = Buffer.from(Object.values(MUTED).flat())
  return sharp(corners, { raw: { width: 2, height: 2, channels: 3 } })
    .resize(64, 48, { fit: 'fill', kernel: 'nearest' })
    .withIccProfile('cmyk')
    .jpeg({ quality: 95, chromaSubsampling: '4:4:4' })
    .toBuffer()
}

/** The colours near the corners of a preview, as a viewer without colour management shows them. */
export async function cornersOf(previewBase64: string): Promise<Corners> {
  const jpeg = Buffer.from(previewBase64, 'base64')
  const { data, info } = await sharp(jpeg).raw().toBuffer({ resolveWithObject: true })
  const at = (x: number, y: number) => [
    ...data.subarray((y * info.width + x) * 3, (y * info.width + x) * 3 + 3),
  ]
  const [right, bottom] = [info.width - 5, info.height - 5]
  return {
    topLeft: at(4, 4),
    topRight: at(right, 4),
    bottomLeft: at(4, bottom),
    bottomRight: at(right, bottom),
  }
}

/** The largest difference of any channel of any corner. */
export function furthest(seen: Corners, wanted: Corners = SCENE): number {
  const corners = Object.keys(SCENE) as (keyof Corners)[]
  return Math.max(
    ...corners.flatMap((corner) =>
      wanted[corner].map((value, channel) => Math.abs(value - (seen[corner][channel] ?? Number.NaN))),
    ),
  )
}
