import { IncomingMessage, ServerResponse } from 'node:http'
import { Socket } from 'node:net'
import helmet, { type HelmetOptions } from 'helmet'

/** Of what is no page, these alone say something. */
const OF_PICTURES = ['x-content-type-options', 'cross-origin-resource-policy']

/** What answers carry for browsers, pages and JSON all of it, pictures a part: the same each time, so it is made once. */
export function securityHeaders(coreUrl: string) {
  const all = makeHeaders(coreUrl)
  const ofPictures = Object.fromEntries(Object.entries(all).filter(([name]) => OF_PICTURES.includes(name)))
  return { all, ofPictures }
}

function makeHeaders(coreUrl: string): Record<string, string> {
  const made = new ServerResponse(new IncomingMessage(new Socket()))
  helmet(contentSecurityPolicy(coreUrl))(made.req, made, (error) => {
    if (error) throw new Error('the headers could not be made', { cause: error })
  })
  return Object.fromEntries(Object.entries(made.getHeaders()).map(([name, value]) => [name, String(value)]))
}

/** No inline script or style, nothing from elsewhere; the page may call a core on the visitor's own machine. */
function contentSecurityPolicy(coreUrl: string): HelmetOptions {
  return {
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'self'"],
        scriptSrc: ["'self'"],
        styleSrc: ["'self'"],
        imgSrc: ["'self'", 'data:', 'blob:'],
        connectSrc: ["'self'", 'http://127.0.0.1:*', 'http://localhost:*', new URL(coreUrl).origin],
        objectSrc: ["'none'"],
        baseUri: ["'none'"],
        formAction: ["'self'"],
        frameAncestors: ["'none'"],
      },
    },
    // A server on plain http must not be turned into one on https by a header of its own.
    strictTransportSecurity: false,
    crossOriginOpenerPolicy: { policy: 'same-origin' },
    crossOriginResourcePolicy: { policy: 'same-origin' },
    referrerPolicy: { policy: 'no-referrer' },
  }
}
