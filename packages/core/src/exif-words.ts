import { isBoilerplate } from './camera-boilerplate.ts'
import { type TagGroup, numberOf, rawText, tagOf } from './tags.ts'
import { type Words, keywords, noWords, starsOfPercent } from './words.ts'

/** The words in EXIF, and in the tags of their own that Windows puts beside it. */
export function exifWords(exif: TagGroup): Words {
  const title = describedText(exif, 'XPTitle')
  return {
    ...noWords,
    title,
    description: readDescription(exif, title),
    rating: numberOf(tagOf(exif, 'Rating')) ?? starsOfPercent(numberOf(tagOf(exif, 'RatingPercent'))),
    tags: keywords((describedText(exif, 'XPKeywords') ?? '').split(';')),
    creators: (rawText(tagOf(exif, 'Artist')) ?? '').split(';'),
  }
}

/** Windows writes its title as ImageDescription as well; once is enough. */
function readDescription(exif: TagGroup, title: string | null): string | null {
  const candidates = [
    rawText(tagOf(exif, 'ImageDescription')),
    describedText(exif, 'XPComment'),
    describedText(exif, 'XPSubject'),
  ]
  return (
    candidates.find((text) => text !== null && !isBoilerplate(text) && text.trim() !== title?.trim()) ?? null
  )
}

/** Windows counts in bytes of UTF-16; the reader decodes them into the description. */
function describedText(exif: TagGroup, name: string): string | null {
  const text = tagOf(exif, name)?.description
  return typeof text === 'string' && text.trim() !== '' ? text : null
}
