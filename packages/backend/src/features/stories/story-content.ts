import type { StoryBlock, StoryContent } from '@imalink/contract'

/** Hothashes of all pictures in a story, each once. */
export function picturesIn({ blocks }: StoryContent, cover: string | null): string[] {
  const inBlocks = blocks.flatMap((block) => {
    if (block.type === 'image') return [block.hash]
    return block.type === 'collage' ? block.images.map(({ hash }) => hash) : []
  })
  return [...new Set([...(cover === null ? [] : [cover]), ...inBlocks])]
}

/** Without the pictures that are not among those which may be seen. */
export function withPictures(content: StoryContent, seen: ReadonlySet<string>): StoryContent {
  const blocks = content.blocks.flatMap((block): StoryBlock[] => {
    if (block.type === 'image') return seen.has(block.hash) ? [block] : []
    if (block.type !== 'collage') return [block]
    const images = block.images.filter(({ hash }) => seen.has(hash))
    return images.length === 0 ? [] : [{ ...block, images }]
  })
  return { ...content, blocks }
}

/** Of what is written beside pictures, so much is kept with each. */
const SECTION_CHARACTERS = 4000

interface Told {
  readonly title: string
  readonly abstract: string | null
  readonly cover: { readonly hash: string; readonly alt?: string | null | undefined } | null
  readonly content: StoryContent
}

/**
 * What a story says of each of its pictures: its title and abstract, what stands under the picture, and the beginning of what is
 * written in the same section, which goes from heading to heading.
 */
export function textsByPicture({ title, abstract, cover, content }: Told): Map<string, string[]> {
  const texts = new Map<string, Set<string>>()
  const tell = (hash: string, said: readonly (string | null | undefined)[]) => {
    const all = texts.get(hash) ?? new Set()
    for (const text of [title, abstract, ...said]) if (text) all.add(text)
    texts.set(hash, all)
  }
  if (cover) tell(cover.hash, [cover.alt])
  for (const section of sectionsOf(content)) {
    const beside = beginningOf(textsIn({ ...content, blocks: section.filter((block) => !isPicture(block)) }))
    for (const block of section) {
      if (block.type === 'image') tell(block.hash, [block.caption, block.alt, ...beside])
      if (block.type === 'collage')
        for (const { hash, caption } of block.images) tell(hash, [caption, ...beside])
    }
  }
  return new Map([...texts].map(([hash, said]) => [hash, [...said]]))
}

const isPicture = ({ type }: StoryBlock) => type === 'image' || type === 'collage'

function sectionsOf({ blocks }: StoryContent): StoryBlock[][] {
  const sections: StoryBlock[][] = [[]]
  for (const block of blocks) {
    if (block.type === 'heading') sections.push([])
    sections.at(-1)?.push(block)
  }
  return sections
}

/** The first texts, the last of them up to the end of a word. */
function beginningOf(texts: readonly string[]): string[] {
  let left = SECTION_CHARACTERS
  return texts.flatMap((text) => {
    const some = text.length <= left ? text : text.slice(0, left).replace(/\S*$/u, '')
    left = Math.max(left - text.length, 0)
    return some === '' ? [] : some
  })
}

/** All that is written in it, one text after the other. */
export function textsIn({ blocks }: StoryContent): string[] {
  return blocks.flatMap((block) => {
    if (block.type === 'heading') return [block.text]
    if (block.type === 'paragraph') return [block.content.map(({ text }) => text).join('')]
    if (block.type === 'list') return block.items
    if (block.type === 'image') return [block.caption ?? '', block.alt ?? '']
    return block.images.map(({ caption }) => caption ?? '')
  })
}
