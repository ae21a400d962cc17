/** The part of @jsquash/jxl that core uses: its bare decoder, which the package describes in terms of a browser. */
declare module '@jsquash/jxl/codec/dec/jxl_dec.js' {
  /** RGBA in sRGB. */
  export interface Decoded {
    readonly width: number
    readonly height: number
    readonly data: Uint8ClampedArray
  }

  export interface Options {
    readonly wasmBinary: Uint8Array
    readonly noInitialRun: boolean
    readonly print: (line: string) => void
    readonly printErr: (line: string) => void
  }

  export interface Decoder {
    decode(bytes: Uint8Array): Decoded | null
  }

  function load(options: Options): Promise<Decoder>
  export { load as default }
}
