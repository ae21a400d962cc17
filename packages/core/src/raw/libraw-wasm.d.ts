/** The part of libraw-wasm that core uses: its bare WebAssembly, without the browser's worker that the package wraps around it. */
declare module 'libraw-wasm/dist/libraw.js' {
  export interface Developed {
    readonly width: number
    readonly height: number
    readonly colors: number
    readonly bits: number
    readonly data: Uint8Array
  }

  export interface Decoder {
    /** Throws where the file can't be read; what it throws is no Error. */
    open(bytes: Uint8Array, settings: object): void
    imageData(): Developed | undefined
    delete(): void
  }

  export interface Options {
    readonly wasmBinary: Uint8Array
    readonly print: (line: string) => void
    readonly printErr: (line: string) => void
  }

  function load(options: Options): Promise<{ readonly LibRaw: new () => Decoder }>
  export { load as default }
}
