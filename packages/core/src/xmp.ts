import type { Document, Element, Node } from '@xmldom/xmldom'
import { MAX_XML_BYTES, XmlRefusal, parseXml } from './xml-document.ts'

const RDF = 'http://www.w3.org/1999/02/22-rdf-syntax-ns#'
const XML = 'http://www.w3.org/XML/1998/namespace'

/** The vocabularies that are understood, by their address; a file may give them any prefix. */
const prefixes = new Map([
  ['http://ns.adobe.com/xap/1.0/', 'xmp'],
  ['http://purl.org/dc/elements/1.1/', 'dc'],
  ['http://ns.adobe.com/photoshop/1.0/', 'photoshop'],
  ['http://ns.adobe.com/lightroom/1.0/', 'lr'],
  ['http://www.digikam.org/ns/1.0/', 'digiKam'],
  ['http://ns.microsoft.com/photo/1.0/', 'MicrosoftPhoto'],
  ['http://ns.microsoft.com/photo/1.0', 'MicrosoftPhoto'],
  ['http://ns.adobe.com/xmp/1.0/DynamicMedia/', 'xmpDM'],
  ['http://darktable.sf.net/', 'darktable'],
  ['http://ns.adobe.com/exif/1.0/', 'exif'],
  ['http://cipa.jp/exif/1.0/', 'exifEX'],
  ['http://ns.adobe.com/exif/1.0/aux/', 'aux'],
  ['http://ns.adobe.com/tiff/1.0/', 'tiff'],
])

interface Item {
  readonly text: string
  /** `xml:lang`, lower case; null where it has none. */
  readonly language: string | null
}

/** What one XMP says, by `prefix:name`. Structures are left out: none is asked for. */
export type Xmp = ReadonlyMap<string, readonly Item[]>

export type XmpReading = { readonly xmp: Xmp } | { readonly problem: string }

/** Reads a side-car, or the XMP of a file; never throws: what can't be read is a problem in words. */
export function readXmp(text: string): XmpReading {
  try {
    const xmp = propertiesOf([parseXml(withoutPadding(text))])
    return xmp.size > 0 ? { xmp } : { problem: 'it holds no XMP' }
  } catch (error) {
    return { problem: describe(error) }
  }
}

/** Text of a side-car: UTF-8, UTF-16 where its first bytes say so, Latin-1 where it is neither. */
export function decodeXml(bytes: Buffer): string {
  const [first, second] = bytes.subarray(0, MAX_XML_BYTES)
  if (first === 0xff && second === 0xfe) return new TextDecoder('utf-16le').decode(bytes)
  if (first === 0xfe && second === 0xff) return new TextDecoder('utf-16be').decode(bytes)
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    // Neither marked nor valid: a single-byte encoding, of which Latin-1 is the one that Western software wrote.
    return bytes.toString('latin1')
  }
}

/** Packets are padded with blanks for writers in place, sometimes with zeros; XML ends at its last element. */
function withoutPadding(text: string): string {
  const start = text.indexOf('<')
  return start < 0 ? '' : text.slice(start, text.lastIndexOf('>') + 1)
}

/**
 * The XML parser of the EXIF reader: bounded, and it remembers the documents, so that XMP in a file is parsed once for
 * both. A packet that fails is tried again by the reader in other forms; only when none can be read is it a problem.
 */
export class PacketParser {
  readonly #documents: Document[] = []
  #problem: string | null = null

  parseFromString(text: string): Document {
    try {
      const document = parseXml(text)
      this.#documents.push(document)
      return document
    } catch (error) {
      this.#problem = describe(error)
      throw error
    }
  }

  get reading(): XmpReading | null {
    if (this.#documents.length > 0) return { xmp: propertiesOf(this.#documents) }
    return this.#problem === null ? null : { problem: this.#problem }
  }
}

function describe(error: unknown): string {
  return error instanceof XmlRefusal ? error.message : 'it is not well-formed XML'
}

/** The properties of all documents together; the first that names one counts. */
function propertiesOf(documents: readonly Document[]): Xmp {
  const found = new Map<string, Item[]>()
  for (const document of documents) {
    for (const rdf of document.getElementsByTagNameNS(RDF, 'RDF')) {
      for (const description of elementsIn(rdf)) addDescription(description, found)
    }
  }
  return found
}

/** A property stands as an attribute of its description or as an element inside it. */
function addDescription(description: Element, found: Map<string, Item[]>): void {
  for (const attribute of description.attributes) {
    const name = nameOf(attribute)
    if (name && !found.has(name)) found.set(name, [{ text: attribute.value, language: null }])
  }
  for (const element of elementsIn(description)) {
    const name = nameOf(element)
    if (name && !found.has(name)) found.set(name, itemsOf(element))
  }
}

function nameOf({ namespaceURI, localName }: { namespaceURI: string | null; localName: string | null }) {
  const prefix = prefixes.get(namespaceURI ?? '')
  return prefix === undefined ? null : `${prefix}:${localName ?? ''}`
}

/** A list (Bag, Seq, Alt) has one item for each of its members, a plain value is one item, a structure is none. */
function itemsOf(element: Element): Item[] {
  const inner = elementsIn(element)
  const list = inner.find((child) => isRdf(child, ['Bag', 'Seq', 'Alt']))
  if (list) return elementsIn(list).flatMap((member) => plainItem(member))
  return plainItem(element)
}

function plainItem(element: Element): Item[] {
  const resource = element.getAttributeNS(RDF, 'resource')
  const language = element.getAttributeNS(XML, 'lang')?.toLowerCase() || null
  if (resource) return [{ text: resource, language }]
  const inner = elementsIn(element)
  if (inner.length === 0) return [{ text: element.textContent ?? '', language }]
  const value = elementsIn(element, 2).find((child) => isRdf(child, ['value']))
  return value ? [{ text: value.textContent ?? '', language }] : []
}

/** Elements directly inside, and those inside of them for each further level. */
function elementsIn(node: Node, levels = 1): Element[] {
  const direct = [...node.childNodes].filter(isElement)
  return levels === 1 ? direct : [...direct, ...direct.flatMap((child) => elementsIn(child, levels - 1))]
}

const ELEMENT_NODE = 1

function isElement(node: Node): node is Element {
  return node.nodeType === ELEMENT_NODE
}

function isRdf(element: Element, names: readonly string[]): boolean {
  return element.namespaceURI === RDF && names.includes(element.localName ?? '')
}

/** Every text of a property, in its order. */
export function xmpList(xmp: Xmp, name: string): string[] {
  return (xmp.get(name) ?? []).map(({ text }) => text)
}

/** The text of a property in the default language, else in the first; null where there is none. */
export function xmpText(xmp: Xmp, name: string): string | null {
  const items = (xmp.get(name) ?? []).filter(({ text }) => text.trim() !== '')
  return (items.find(({ language }) => language === 'x-default') ?? items[0])?.text.trim() ?? null
}

/** A number, also one that is written as a fraction, `28/10`; null where it is none. */
export function xmpNumber(xmp: Xmp, name: string): number | null {
  const [top, bottom = 1, ...rest] = (xmpText(xmp, name) ?? '').split('/').map(toNumber)
  const value = rest.length === 0 && top !== undefined ? top / bottom : NaN
  return Number.isFinite(value) ? value : null
}

function toNumber(text: string): number {
  return text.trim() === '' ? NaN : Number(text)
}
