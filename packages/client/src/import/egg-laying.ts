import type { PhotoEgg } from '@imalink/contract'
import { layEgg } from '../core.ts'
import type { ImportOptions } from '../import.ts'
import type { Original } from './original.ts'
import type { Patience } from './patience.ts'

interface LayingOptions extends Pick<ImportOptions, 'eggs' | 'coldpreviewSize'> {
  readonly patience: Patience
  readonly stop: AbortSignal
}

/** What an egg is laid for: a photo of this file, one of all files of its group, or to know what a further file says. */
export type Purpose = 'photo' | 'pair' | 'file'

/** Takes originals to core. Throws as `layEgg` does, after patience with a core that is away. */
export function eggLaying({ eggs, coldpreviewSize, patience, stop }: LayingOptions) {
  return (original: Original, purpose: Purpose): Promise<PhotoEgg> => {
    stop.throwIfAborted()
    const { bytes, file } = original
    const asked = { bytes, filename: file.filename, sidecar: sidecarFor(original, purpose) }
    const options = { coldpreviewSize: purpose === 'file' ? null : coldpreviewSize, signal: stop }
    return patience.answerTo(() => layEgg(eggs, asked, options))
  }
}

/** What a photographer wrote is the photo's, so a further file needs none of it. */
function sidecarFor({ sidecar }: Original, purpose: Purpose): Blob | null {
  if (sidecar === null || purpose === 'file') return null
  return sidecar.isBorrowed && purpose === 'photo' ? null : sidecar.xmp
}
