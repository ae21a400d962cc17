const MAX_FILENAME = 1000
const MAX_PATH = 4096
const MAX_DETAIL = 1000

/** Text as the contract's plain text: no lone surrogates, no NUL, not longer than `maxLength`. */
function fitted(text: string, maxLength: number): string {
  return text.replaceAll('\0', '\uFFFD').slice(0, maxLength).toWellFormed()
}

export const wireFilename = (filename: string) => fitted(filename, MAX_FILENAME)

/** What core makes of a name, for a name that a multipart form cannot carry as it is. */
export const wirePrimaryFilename = (filename: string) => wireFilename(filename.replace(/\p{Cc}/gu, ''))

/** A path that is too long to store is unknown rather than cut: half a path leads elsewhere. */
export const wirePath = (path: string) => (path.length > MAX_PATH ? '' : fitted(path, MAX_PATH))

export const wireErrorPath = (path: string) => fitted(path, MAX_PATH)
export const wireDetail = (detail: string) => fitted(detail, MAX_DETAIL)
