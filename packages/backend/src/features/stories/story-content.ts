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
