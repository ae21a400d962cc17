import {
  type Directory,
  numberIn,
  numbersIn,
  readDirectories,
  textIn,
  tiffReader,
  tiffTag,
} from './tiff-directory.ts'

/** Photometric interpretations of sensor data: colour filter array (TIFF/EP) and linear raw (DNG). */
const sensorPhotometrics = [32803, 34892]

/** Compressions only cameras write: Sony, Kodak, Samsung, Nikon, Pentax. */
const sensorCompressions = [32767, 32769, 32770, 32867, 34713, 65000, 65535]

const REDUCED_RESOLUTION = 1

/** Names of RAW formats that are TIFF inside, as `image_format` has them. */
export type RawTiff =
  | 'CR2'
  | 'NEF'
  | 'NRW'
  | 'ARW'
  | 'SR2'
  | 'SRF'
  | 'DNG'
  | 'GPR'
  | 'PEF'
  | 'SRW'
  | '3FR'
  | 'IIQ'
  | 'KDC'
  | 'DCR'
  | 'ERF'
  | 'MEF'
  | 'MOS'
  | 'RAW'

/**
 * The RAW format of a TIFF, null for a picture. Decoders open most RAW files as the small thumbnail in their first
 * directory, so the directories decide: sensor data anywhere, a DNG version, or a first directory that is only a preview.
 */
export function rawTiffKind(bytes: Buffer): RawTiff | null {
  const directories = readDirectories(tiffReader(bytes))
  const [first] = directories
  if (!first) return null
  const signed = signedKind(bytes)
  if (signed) return signed
  const make = textIn(first, tiffTag.make)
  if (first.entries.has(tiffTag.dngVersion)) return isGoPro(make, directories) ? 'GPR' : 'DNG'
  return isOnlyPreview(first) || directories.some(holdsSensorData) ? kindOfMake(make, first) : null
}

/** Canon writes `CR` behind the TIFF header, Phase One `IIII`. */
function signedKind(bytes: Buffer): RawTiff | null {
  if (bytes.toString('latin1', 8, 11) === 'CR\x02') return 'CR2'
  return ['IIII', 'MMMM'].includes(bytes.toString('latin1', 8, 12)) ? 'IIQ' : null
}

const GOPRO_COMPRESSION = 9

function isGoPro(make: string, directories: readonly Directory[]): boolean {
  return (
    make === 'GoPro' &&
    directories.some((directory) => valueOf(directory, 'compression') === GOPRO_COMPRESSION)
  )
}

function isOnlyPreview(first: Directory): boolean {
  return (
    valueOf(first, 'subfileType') === REDUCED_RESOLUTION &&
    numbersIn(first, tiffTag.subIfds).some((at) => at > 0)
  )
}

/** What the sensor saw, not yet a picture. */
export function holdsSensorData(directory: Directory): boolean {
  return (
    sensorPhotometrics.includes(valueOf(directory, 'photometric')) ||
    sensorCompressions.includes(valueOf(directory, 'compression'))
  )
}

function valueOf(directory: Directory, name: keyof typeof tiffTag): number {
  return numberIn(directory, tiffTag[name]) ?? 0
}

/** Makers use plain TIFF with nothing but their name to tell one from the other. */
const makes: readonly (readonly [make: RegExp, model: RegExp, kind: RawTiff])[] = [
  [/^nikon/i, /^coolpix/i, 'NRW'],
  [/^nikon/i, /./, 'NEF'],
  [/^sony/i, /^DSC-R1/, 'SR2'],
  [/^sony/i, /^DSC-[FV]/, 'SRF'],
  [/^sony/i, /./, 'ARW'],
  [/^(pentax|ricoh|asahi)/i, /./, 'PEF'],
  [/^samsung/i, /./, 'SRW'],
  [/^hasselblad/i, /./, '3FR'],
  [/^phase one/i, /./, 'IIQ'],
  [/^leaf/i, /./, 'MOS'],
  [/^(seiko )?epson/i, /./, 'ERF'],
  [/^mamiya/i, /./, 'MEF'],
  [/kodak/i, /DCS|ProBack|Pro Back|SLR|EOS/i, 'DCR'],
  [/kodak/i, /./, 'KDC'],
]

function kindOfMake(make: string, first: Directory): RawTiff {
  const model = textIn(first, tiffTag.model)
  return makes.find(([ofMake, ofModel]) => ofMake.test(make) && ofModel.test(model || ' '))?.[2] ?? 'RAW'
}
