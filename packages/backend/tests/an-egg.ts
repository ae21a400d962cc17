import { createHash } from 'node:crypto'
import type { NewPhotoInput } from '@imalink/contract'

type FlatEgg = Extract<NewPhotoInput, { hothash: string }>

interface EggWishes extends Partial<FlatEgg> {
  /** Eggs of one seed are the same picture; without it every egg is another. */
  readonly seed?: string
  readonly taken_at?: string | null
}

let laid = 0

/** A valid egg of a small picture, private and undated unless the test says otherwise. */
export function anEgg({ seed = `egg ${++laid}`, taken_at = null, metadata, ...wishes }: EggWishes = {}) {
  const hotpreview = aJpeg(seed)
  return {
    hothash: sha256(hotpreview),
    hotpreview_base64: hotpreview.toString('base64'),
    hotpreview_width: 16,
    hotpreview_height: 8,
    width: 6000,
    height: 3000,
    metadata: { taken_at, camera_make: null, ...metadata },
    exif_dict: { Make: 'Pinhole' },
    is_valid_image: true,
    image_format: 'JPEG',
    file_size_bytes: 2_000_000,
    primary_filename: `${seed}.jpg`,
    file_sha256: sha256(`original of ${seed}`),
    recipe: 'h1',
    egg_version: '2.1',
    ...wishes,
  } satisfies FlatEgg
}

export type AnEgg = ReturnType<typeof anEgg>

/** An egg with a coldpreview whose bytes differ by `picture`. */
export function withColdpreview<E extends AnEgg>(egg: E, picture = `large ${egg.hothash}`) {
  const coldpreview = aJpeg(picture, { width: 320, height: 160 })
  return {
    ...egg,
    coldpreview_base64: coldpreview.toString('base64'),
    coldpreview_width: 320,
    coldpreview_height: 160,
  }
}

export function sha256(bytes: string | Buffer): string {
  return createHash('sha256').update(bytes).digest('hex')
}

/**
 * A whole grey baseline JPEG that every decoder reads (ITU-T T.81), without metadata. Its quantisation table is made of
 * `words`, so that pictures of equal pixels differ in their bytes. Each Huffman table has the one code `0`: no difference,
 * and end of block.
 */
export function aJpeg(words: string, { width = 16, height = 8 } = {}): Buffer {
  const blocks = Math.ceil(width / 8) * Math.ceil(height / 8)
  const scan = Buffer.alloc(Math.ceil((blocks * 2) / 8))
  const unusedBits = scan.length * 8 - blocks * 2
  scan.writeUInt8(scan.readUInt8(scan.length - 1) | (2 ** unusedBits - 1), scan.length - 1)
  const size = Buffer.alloc(4)
  size.writeUInt16BE(height, 0)
  size.writeUInt16BE(width, 2)
  // Zero divides nothing.
  const quantisation = createHash('sha512')
    .update(words)
    .digest()
    .map((value) => Math.max(value, 1))
  const oneCode = [1, ...Array.from({ length: 15 }, () => 0), 0]
  return Buffer.concat([
    Buffer.from([0xff, 0xd8]),
    segment(0xdb, Buffer.concat([Buffer.from([0]), quantisation])),
    segment(0xc0, Buffer.concat([Buffer.from([8]), size, Buffer.from([1, 1, 0x11, 0])])),
    segment(0xc4, Buffer.from([0x00, ...oneCode])),
    segment(0xc4, Buffer.from([0x10, ...oneCode])),
    segment(0xda, Buffer.from([1, 1, 0x00, 0, 63, 0])),
    scan,
    Buffer.from([0xff, 0xd9]),
  ])
}

function segment(marker: number, content: Buffer): Buffer {
  const head = Buffer.from([0xff, marker, 0, 0])
  head.writeUInt16BE(content.length + 2, 2)
  return Buffer.concat([head, content])
}
