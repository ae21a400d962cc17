/** The instant that was written last: of many requests in one millisecond, the first writes it. */
let written = { ms: 0, text: '' }

/** Now, as a UTC instant ending in Z. */
export function now(): string {
  const ms = Date.now()
  if (ms !== written.ms) written = { ms, text: new Date(ms).toISOString() }
  return written.text
}

/** The instant so many milliseconds away from now. */
export function fromNow(ms: number): string {
  return new Date(Date.now() + ms).toISOString()
}
