import { Failure, exitCodes } from './failure.ts'

export const DEFAULT_SERVER = 'http://127.0.0.1:8000'

/**
 * A server as a person types it, `photos.example.org` or `http://127.0.0.1:8000/`, as the address that requests begin with.
 * Without a scheme this machine is spoken to in http, every other in https.
 */
export function serverAddress(typed: string): string {
  const text = typed.trim()
  const hasScheme = /^[a-z][a-z0-9+.-]*:\/\//i.test(text)
  const guessed = hasScheme ? text : `${isLoopback(parse(`http://${text}`)) ? 'http' : 'https'}://${text}`
  const url = parse(guessed)
  if (!/^https?:$/.test(url.protocol) || url.username || url.password || url.search || url.hash)
    throw notAnAddress(typed)
  return url.origin + url.pathname.replace(/\/+$/, '')
}

/** Whether an address is this machine's own. */
export function isThisMachine(address: string): boolean {
  return isLoopback(parse(address))
}

function isLoopback({ hostname }: URL): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d+){3}$/.test(hostname)
}

function parse(text: string): URL {
  const url = URL.parse(text)
  if (!url) throw notAnAddress(text)
  return url
}

function notAnAddress(text: string): Failure {
  return new Failure(`${text} is no server address; it looks like ${DEFAULT_SERVER}.`, exitCodes.usage)
}
