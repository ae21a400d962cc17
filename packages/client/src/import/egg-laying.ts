import type { PhotoEgg } from '@imalink/contract'
import { layEgg } from '../core.ts'
import type { ImportOptions } from '../import.ts'
import type { Original } from './original.ts'
import type { Patience } from './patience.ts'

interface LayingOptions extends Pick<ImportOptions, 'eggs' | 'coldpreviewSize'> {
  readonly patience: Patience
  readonly stop: AbortSignal
}

/** What an egg is laid for: a photo of its own, or to know what a further file of a photo says. */
export type Purpose = 'photo' | 'file'

/** Takes originals to core. Throws as `layEgg` does, after patience with a core that is away. */
export function eggLaying({ eggs, coldpreviewSize, patience, stop }: LayingOptions) {
  return (original: Original, purpose: Purpose): Promise<PhotoEgg> => {
    stop.throwIfAborted()
    const { bytes, sidecar, file } = original
    const options = { coldpreviewSize: purpose === 'photo' ? coldpreviewSize : null, signal: stop }
    return patience.answerTo(() => layEgg(eggs, { bytes, filename: file.filename, sidecar }, options))
  }
}
