import { type Document, DOMParser, onErrorStopParsing } from '@xmldom/xmldom'

/** Of one XMP packet or side-car. Photographs' words are a few KiB; what is larger holds pictures. */
export const MAX_XML_BYTES = 1024 * 1024
const MAX_DEPTH = 64
const MAX_ELEMENTS = 20_000

/** Why XML is not read, as a sentence. */
export class XmlRefusal extends Error {
  constructor(sentence: string, cause?: unknown) {
    super(sentence, { cause })
    this.name = 'XmlRefusal'
  }
}

const passages: Readonly<Record<string, string>> = { '<!--': '-->', '<![CDATA[': ']]>', '<?': '?>' }

/**
 * XML as a document. It declares nothing (a document type could define entities that grow, or name files) and is
 * bounded in length, elements and depth, so that reading it costs about a second and 100 MiB at worst. Throws
 * `XmlRefusal` for what is beyond that, the parser's own errors for what is not well-formed.
 */
export function parseXml(text: string): Document {
  if (text.length > MAX_XML_BYTES) throw new XmlRefusal('it is over 1 MiB')
  refuseShape(text)
  return new DOMParser({ onError: onErrorStopParsing }).parseFromString(text, 'application/xml')
}

/** Before anything is built of it: namespaces make nested elements cost the square of their number. */
function refuseShape(text: string): void {
  let depth = 0
  let elements = 0
  for (let at = text.indexOf('<'); at >= 0; at = text.indexOf('<', at)) {
    const passage = Object.keys(passages).find((start) => text.startsWith(start, at))
    if (passage === undefined) {
      elements += text[at + 1] === '/' ? 0 : 1
      depth += depthOfTag(text, at)
      at = endOfTag(text, at)
    } else {
      at = endOfPassage(text, at, passages[passage] ?? '')
    }
    if (depth > MAX_DEPTH) throw new XmlRefusal(`its elements are nested more than ${MAX_DEPTH} deep`)
    if (elements > MAX_ELEMENTS) throw new XmlRefusal(`it has more than ${MAX_ELEMENTS} elements`)
  }
}

function depthOfTag(text: string, at: number): number {
  if (text[at + 1] === '!') throw new XmlRefusal('it declares a document type')
  if (text[at + 1] === '/') return -1
  return text[endOfTag(text, at) - 2] === '/' ? 0 : 1
}

const restOfTag = /(?:[^"'<>]|"[^"<]*"|'[^'<]*')*>/y

function endOfTag(text: string, at: number): number {
  restOfTag.lastIndex = at + 1
  if (!restOfTag.test(text)) throw new XmlRefusal('it is not well-formed XML')
  return restOfTag.lastIndex
}

function endOfPassage(text: string, at: number, end: string): number {
  const found = text.indexOf(end, at + 2)
  if (found < 0) throw new XmlRefusal('it is not well-formed XML')
  return found + end.length
}
