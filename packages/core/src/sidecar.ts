import { MAX_XML_BYTES } from './xml-document.ts'
import { type XmpReading, decodeXml, readXmp } from './xmp.ts'

/** The XMP file that stands beside an original, as it is handed to an image worker. */
export type Sidecar = { readonly text: string } | { readonly problem: string }

export const MAX_SIDECAR_BYTES = MAX_XML_BYTES

/** `bytes` are the whole side-car, or more of its beginning than a side-car may have. */
export function sidecarOf(bytes: Buffer): Sidecar {
  return bytes.length > MAX_SIDECAR_BYTES ? { problem: 'it is over 1 MiB' } : { text: decodeXml(bytes) }
}

export function readSidecar(sidecar: Sidecar): XmpReading {
  return 'problem' in sidecar ? sidecar : readXmp(sidecar.text)
}
