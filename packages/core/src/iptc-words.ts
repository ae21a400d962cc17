import { type TagGroup, tagsOf } from './tags.ts'
import { type Words, keywords, noWords } from './words.ts'

/** The words in IPTC-IIM. The reader has decoded them: by their declared character set, else UTF-8 if it fits, else Windows-1252. */
export function iptcWords(iptc: TagGroup): Words {
  return {
    ...noWords,
    title: textIn(iptc, 'Object Name'),
    headline: textIn(iptc, 'Headline'),
    description: textIn(iptc, 'Caption/Abstract'),
    tags: keywords(textsIn(iptc, 'Keywords')),
    creators: textsIn(iptc, 'By-line'),
  }
}

function textsIn(iptc: TagGroup, name: string): string[] {
  const texts = tagsOf(iptc, name).map(({ description }) => description)
  return texts.filter((text) => typeof text === 'string')
}

function textIn(iptc: TagGroup, name: string): string | null {
  return textsIn(iptc, name).find((text) => text.trim() !== '') ?? null
}
