import { heifKind } from './heif-boxes.ts'
import { Refusal } from './refusal.ts'
import { rawTiffKind } from './tiff-kind.ts'
import { textIn, readDirectory, tiffReader, tiffTag } from './tiff-directory.ts'

/** Pictures as they are, as `image_format` names them. */
const pictureFormats = ['JPEG', 'PNG', 'WebP', 'TIFF', 'AVIF', 'GIF', 'HEIC', 'JXL', 'BMP'] as const

/** Cameras' RAW files; `RAW` is one that is a TIFF of a maker that is not known. */
const rawFormats = [
  ...([
    'CR2',
    'CR3',
    'CRW',
    'NEF',
    'NRW',
    'ARW',
    'SR2',
    'SRF',
    'DNG',
    'GPR',
    'RAF',
    'ORF',
    'RW2',
    'RWL',
  ] as const),
  ...(['PEF', 'SRW', '3FR', 'X3F', 'IIQ', 'MRW', 'KDC', 'DCR', 'ERF', 'MEF', 'MOS', 'RAW'] as const),
] as const

/** What core turns into eggs, as `image_format` names it. */
export const supportedFormats = [...pictureFormats, ...rawFormats] as const
export type PictureFormat = (typeof pictureFormats)[number]
export type RawFormat = (typeof rawFormats)[number]
export type ImageFormat = PictureFormat | RawFormat

export function isRaw(format: ImageFormat): format is RawFormat {
  return rawFormats.some((raw) => raw === format)
}

/**
 * The format of a file by its content, never by its name.
 * Throws `not_an_image` for what is empty or unknown, `unsupported_format` for what is known and not supported.
 */
export function detectFormat(bytes: Buffer): ImageFormat {
  if (bytes.length === 0) throw new Refusal('not_an_image', 'The file is empty.')
  const format = rawFormat(bytes) ?? pictureFormat(bytes)
  if (format) return format
  const other = foreignFormat(bytes) ?? markupFormat(bytes)
  if (other) throw new Refusal('unsupported_format', other)
  throw new Refusal('not_an_image', 'The file is not an image in any known format.')
}

/** Bytes of a signature as text, `?` for any byte. */
function startsWith(bytes: Buffer, signature: string, offset = 0): boolean {
  return [...signature].every((character, index) => {
    return character === '?' || bytes[offset + index] === character.charCodeAt(0)
  })
}

function pictureFormat(bytes: Buffer): PictureFormat | null {
  if (startsWith(bytes, '\xff\xd8\xff')) return 'JPEG'
  if (startsWith(bytes, '\x89PNG\r\n\x1a\n')) return 'PNG'
  if (startsWith(bytes, 'RIFF????WEBP')) return 'WebP'
  if (startsWith(bytes, 'GIF87a') || startsWith(bytes, 'GIF89a')) return 'GIF'
  if (isTiff(bytes)) return 'TIFF'
  if (startsWith(bytes, '\xff\x0a') || startsWith(bytes, '\0\0\0\x0cJXL \r\n\x87\n')) return 'JXL'
  if (isBitmap(bytes)) return 'BMP'
  return startsWith(bytes, '????ftyp') ? heifKind(bytes) : null
}

/** `*` is TIFF, `+` BigTIFF. */
function isTiff(bytes: Buffer): boolean {
  return ['II*\0', 'MM\0*', 'II+\0', 'MM\0+'].some((signature) => startsWith(bytes, signature))
}

const rawSignatures: readonly (readonly [string, RawFormat])[] = [
  ['FUJIFILMCCD-RAW', 'RAF'],
  ['IIRO', 'ORF'],
  ['IIRS', 'ORF'],
  ['MMOR', 'ORF'],
  ['IIU\0', 'RW2'],
  ['FOVb', 'X3F'],
  ['\0MRM', 'MRW'],
  ['II????HEAPCCDR', 'CRW'],
  ['????ftypcrx ', 'CR3'],
]

function rawFormat(bytes: Buffer): RawFormat | null {
  if (isTiff(bytes)) return rawTiffKind(bytes)
  const known = rawSignatures.find(([signature]) => startsWith(bytes, signature))?.[1] ?? null
  return known === 'RW2' && makeOf(bytes).startsWith('LEICA') ? 'RWL' : known
}

/** Leica's RWL is Panasonic's RW2 with another name in it. */
function makeOf(bytes: Buffer): string {
  const reader = tiffReader(bytes)
  const first = readDirectory(reader, reader.u32(4) ?? 0)
  return first ? textIn(first, tiffTag.make).toUpperCase() : ''
}

const foreignSignatures: readonly (readonly [string, string])[] = [
  ['%PDF', 'a PDF document'],
  ['%!PS', 'a PostScript document'],
  ['PK\x03\x04', 'a ZIP archive'],
  ['PK\x05\x06', 'a ZIP archive'],
  ['\x1f\x8b', 'a gzip archive'],
  ['7z\xbc\xaf\x27\x1c', 'a 7-Zip archive'],
  ['Rar!\x1a\x07', 'a RAR archive'],
  ['\x1aE\xdf\xa3', 'a Matroska or WebM video'],
  ['RIFF????AVI ', 'an AVI video'],
  ['RIFF????WAVE', 'a sound'],
  ['\x30\x26\xb2\x75', 'a Windows Media file'],
  ['FLV\x01', 'a Flash video'],
  ['OggS', 'an Ogg file'],
  ['ID3', 'a sound'],
  ['fLaC', 'a sound'],
  ['\0\0\x01\xba', 'an MPEG video'],
  ['\0\0\x01\xb3', 'an MPEG video'],
  ['????ftyp', 'a video or an image in an ISO container'],
  ['????moov', 'a QuickTime video'],
  ['????mdat', 'a QuickTime video'],
  ['????wide', 'a QuickTime video'],
  ['8BPS', 'a Photoshop document'],
  ['\0\0\0\x0cjP  ', 'a JPEG 2000 image'],
  ['\xff\x4f\xff\x51', 'a JPEG 2000 image'],
  ['\x76\x2f\x31\x01', 'an OpenEXR image'],
  ['#?RADIANCE', 'a Radiance image'],
  ['gimp xcf', 'a GIMP document'],
  ['\0\0\x01\0', 'an icon'],
  ['\0\0\x02\0', 'a cursor'],
  ['AT&TFORM', 'a DjVu document'],
  ['\x7fELF', 'a program'],
]

function foreignFormat(bytes: Buffer): string | null {
  const known = foreignSignatures.find(([signature]) => startsWith(bytes, signature))
  return known ? `The file is ${known[1]}, which is not supported.` : null
}

/** Two letters prove little: the reserved bytes and the size of the header behind them must fit as well. */
function isBitmap(bytes: Buffer): boolean {
  return startsWith(bytes, 'BM????\0\0\0\0') && [12, 40, 52, 56, 64, 108, 124].includes(bytes[14] ?? 0)
}

const MARKUP_HEAD_BYTES = 4096

/** SVG, HTML and XML have no fixed first bytes: comments, a byte order mark and declarations may precede the root. */
function markupFormat(bytes: Buffer): string | null {
  const head = bytes.toString('latin1', 0, MARKUP_HEAD_BYTES).replaceAll('\0', '')
  const text = head.replace(/^[\xef\xbb\xbf\xff\xfe\s]+/, '').toLowerCase()
  if (!/^<[!?a-z]/.test(text)) return null
  if (/<svg[\s>:]/.test(text) || /<!doctype\s+svg/.test(text)) return refuseMarkup('an SVG drawing')
  if (/<(!doctype\s+html|html|head|body|script)[\s>]/.test(text)) return refuseMarkup('an HTML page')
  return refuseMarkup('an XML or HTML document')
}

function refuseMarkup(what: string): string {
  return `The file is ${what}, which is not supported.`
}
