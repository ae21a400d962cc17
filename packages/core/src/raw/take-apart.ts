import { takeApartCr3 } from './cr3.ts'
import { takeApartCrw } from './crw.ts'
import { takeApartMrw } from './mrw.ts'
import { takeApartRaf } from './raf.ts'
import type { RawFile } from './raw-file.ts'
import { takeApartTiff } from './tiff-raw.ts'
import { takeApartX3f } from './x3f.ts'

const containers: Readonly<Record<string, (bytes: Buffer) => RawFile>> = {
  CR3: takeApartCr3,
  CRW: takeApartCrw,
  MRW: takeApartMrw,
  RAF: takeApartRaf,
  X3F: takeApartX3f,
}

/** What a RAW's container says; a damaged one says less, never throws. */
export function takeApart(bytes: Buffer, format: string): RawFile {
  const container = containers[format]
  return container ? container(bytes) : takeApartTiff(bytes, format)
}
