const LINE_END = '\r\n'

/** A request body of the kind `multipart/form-data`, as `fetch` takes it. */
export interface StreamedForm {
  readonly headers: Readonly<Record<string, string>>
  readonly body: ReadableStream<Uint8Array>
  readonly duplex: 'half'
}

export interface FormPart {
  readonly name: string
  /** Where it is a file. */
  readonly filename?: string
  readonly value: string | Uint8Array
}

/**
 * A form that is sent from where its files lie in memory, for programs: browsers send no streams. `FormData` copies each
 * file three times on its way, which takes as long again as reading and hashing it. Names are escaped as browsers do
 * (HTML, "multipart form data").
 */
export function streamedForm(parts: readonly FormPart[]): StreamedForm {
  const boundary = `form-${crypto.randomUUID()}`
  const pieces = [
    ...parts.flatMap((part) => [utf8(headOf(part, boundary)), bytesOf(part.value), utf8(LINE_END)]),
    utf8(`--${boundary}--${LINE_END}`),
  ]
  const length = pieces.reduce((sum, piece) => sum + piece.byteLength, 0)
  return {
    headers: {
      'content-type': `multipart/form-data; boundary=${boundary}`,
      'content-length': String(length),
    },
    body: inPieces(pieces),
    duplex: 'half',
  }
}

function headOf({ name, filename }: FormPart, boundary: string): string {
  const file =
    filename === undefined
      ? ''
      : `; filename="${escaped(filename)}"${LINE_END}content-type: application/octet-stream`
  return `--${boundary}${LINE_END}content-disposition: form-data; name="${escaped(name)}"${file}${LINE_END}${LINE_END}`
}

function escaped(name: string): string {
  return name.replaceAll('\n', '%0A').replaceAll('\r', '%0D').replaceAll('"', '%22')
}

function bytesOf(value: string | Uint8Array): Uint8Array {
  return typeof value === 'string' ? utf8(value) : value
}

function utf8(text: string): Uint8Array {
  return new TextEncoder().encode(text)
}

function inPieces(pieces: readonly Uint8Array[]): ReadableStream<Uint8Array> {
  const rest = pieces.filter((piece) => piece.byteLength > 0).values()
  return new ReadableStream({
    pull(controller) {
      const { done, value } = rest.next()
      if (done) controller.close()
      else controller.enqueue(value)
    },
  })
}
