/** Now, as a UTC instant ending in Z. */
export function now(): string {
  return new Date().toISOString()
}

/** The instant so many milliseconds away from now. */
export function fromNow(ms: number): string {
  return new Date(Date.now() + ms).toISOString()
}
