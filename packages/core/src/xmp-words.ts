import { colours } from './colour-labels.ts'
import { type Words, keywords, starsOfPercent } from './words.ts'
import { type Xmp, xmpList, xmpNumber, xmpText } from './xmp.ts'

/** The words in XMP, as Lightroom, Bridge, Capture One, digiKam, darktable and Windows write them. */
export function xmpWords(xmp: Xmp): Words {
  return {
    title: xmpText(xmp, 'dc:title'),
    headline: xmpText(xmp, 'photoshop:Headline'),
    description: xmpText(xmp, 'dc:description') ?? xmpText(xmp, 'tiff:ImageDescription'),
    rating: readRating(xmp),
    pick: readPick(xmp),
    label: readLabel(xmp),
    tags: [
      ...keywords(xmpList(xmp, 'lr:hierarchicalSubject'), '|'),
      ...keywords(xmpList(xmp, 'digiKam:TagsList'), '/'),
      ...keywords(xmpList(xmp, 'dc:subject')),
    ],
    creators: xmpList(xmp, 'dc:creator'),
  }
}

function readRating(xmp: Xmp): number | null {
  const isNumber = xmpNumber(xmp, 'xmp:Rating')
  if (isNumber !== null) return isNumber
  const percent = starsOfPercent(xmpNumber(xmp, 'MicrosoftPhoto:Rating'))
  return percent ?? (xmpText(xmp, 'xmp:Rating') === null ? null : NaN)
}

/** Adobe's flag, digiKam's label of the same meaning (its 2, pending, is neither). */
const picks: readonly (readonly [name: string, meanings: ReadonlyMap<string, Words['pick']>])[] = [
  [
    'xmpDM:pick',
    new Map([
      ['1', 'pick'],
      ['0', 'none'],
      ['-1', 'reject'],
    ]),
  ],
  [
    'digiKam:PickLabel',
    new Map([
      ['3', 'pick'],
      ['2', 'none'],
      ['1', 'reject'],
      ['0', 'none'],
    ]),
  ],
]

function readPick(xmp: Xmp): Words['pick'] {
  const said = picks.map(([name, meanings]) => meanings.get(xmpText(xmp, name) ?? '') ?? null)
  return said.find((pick) => pick !== null) ?? null
}

/** Names by the numbers of programs that count colours. */
const digiKamColours = ['', 'red', 'orange', 'yellow', 'green', 'blue', 'purple', 'grey', 'black', 'white']

function readLabel(xmp: Xmp): string | null {
  const [named] = xmpList(xmp, 'xmp:Label')
  const digiKam = digiKamColours[xmpNumber(xmp, 'digiKam:ColorLabel') ?? -1] ?? null
  const [first] = xmpList(xmp, 'darktable:colorlabels')
  return named ?? digiKam ?? colours[Number(first ?? NaN)] ?? null
}
