import type { Story, StoryBlock } from '@imalink/contract'

const pictureUrl = (hothash: string) => `/api/v1/photos/${hothash}/coldpreview`

type Image = Extract<StoryBlock, { type: 'image' }>
type Paragraph = Extract<StoryBlock, { type: 'paragraph' }>

/** A story as CommonMark 0.31; text is escaped, so that nothing in it is markup. */
export function asMarkdown({ title, abstract, cover_image, content }: Story): string {
  const parts = [
    `# ${markdown(title)}`,
    ...(abstract === null ? [] : [`*${markdown(abstract).trim()}*`]),
    ...(cover_image ? [markdownImage(cover_image)] : []),
    ...(content?.blocks ?? []).map(markdownBlock),
  ]
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`
}

function markdownBlock(block: StoryBlock): string {
  if (block.type === 'heading') return `${'#'.repeat(block.level)} ${markdown(block.text)}`
  if (block.type === 'paragraph') return block.content.map(markdownSpan).join('')
  if (block.type === 'list') return block.items.map((item) => `- ${markdown(item)}`).join('\n')
  if (block.type === 'image') return markdownImage(block)
  return block.images.map(markdownImage).join('\n\n')
}

/** Emphasis does not begin or end with a blank. */
function markdownSpan({ type, text }: Paragraph['content'][number]): string {
  const [, before = '', inner = '', behind = ''] = /^(\s*)([^]*?)(\s*)$/.exec(text) ?? []
  const mark = { text: '', bold: '**', italic: '*' }[type]
  return inner === '' ? markdown(text) : `${before}${mark}${markdown(inner)}${mark}${behind}`
}

function markdownImage({ hash, caption, alt }: Omit<Image, 'type'>): string {
  const image = `![${markdown(alt ?? caption ?? '')}](${pictureUrl(hash)})`
  return caption ? `${image}\n\n*${markdown(caption).trim()}*` : image
}

/** Every ASCII character that can be of meaning, and line breaks, which would end what they are in. */
function markdown(text: string): string {
  return text.replace(/\s*[\r\n]\s*/g, ' ').replace(/[\\`*_{}[\]()<>#+\-.!|~&:"'=$^]/g, '\\$&')
}

/** A story as a page of HTML5 that loads nothing but its pictures; text is escaped. */
export function asHtml({ title, abstract, cover_image, content }: Story): string {
  const parts = [
    `<h1>${html(title)}</h1>`,
    ...(abstract === null ? [] : [`<p><em>${html(abstract)}</em></p>`]),
    ...(cover_image ? [htmlImage(cover_image)] : []),
    ...(content?.blocks ?? []).map(htmlBlock),
  ]
  return `<!doctype html>
<html>
<head><meta charset="utf-8"><title>${html(title)}</title></head>
<body>
${parts.join('\n')}
</body>
</html>
`
}

function htmlBlock(block: StoryBlock): string {
  if (block.type === 'heading') return `<h${block.level}>${html(block.text)}</h${block.level}>`
  if (block.type === 'paragraph') return `<p>${block.content.map(htmlSpan).join('')}</p>`
  if (block.type === 'list') return `<ul>${block.items.map((item) => `<li>${html(item)}</li>`).join('')}</ul>`
  if (block.type === 'image') return htmlImage(block)
  return `<div>${block.images.map(htmlImage).join('')}</div>`
}

function htmlSpan({ type, text }: Paragraph['content'][number]): string {
  if (type === 'text') return html(text)
  const tag = type === 'bold' ? 'strong' : 'em'
  return `<${tag}>${html(text)}</${tag}>`
}

function htmlImage({ hash, caption, alt }: Omit<Image, 'type'>): string {
  const image = `<img src="${pictureUrl(hash)}" alt="${html(alt ?? caption ?? '')}">`
  return `<figure>${image}${caption ? `<figcaption>${html(caption)}</figcaption>` : ''}</figure>`
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

const html = (text: string) => text.replace(/[&<>"']/g, (character) => entities[character] ?? '')
