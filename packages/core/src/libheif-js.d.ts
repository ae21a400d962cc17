/** The part of libheif-js that core uses; the package describes only its bare WebAssembly. */
declare module 'libheif-js/wasm-bundle.js' {
  export interface Pixels {
    readonly width: number
    readonly height: number
    readonly data: Uint8ClampedArray
  }

  export interface HeifImage {
    is_primary(): boolean
    get_width(): number
    get_height(): number
    /** Fills `target.data` with RGBA and hands it back, or null when the picture cannot be decoded. */
    display(target: Pixels, done: (pixels: Pixels | null) => void): void
    free(): void
  }

  export interface Libheif {
    readonly ready: Promise<unknown>
    readonly HeifDecoder: new () => {
      readonly decoder: object | null
      decode(bytes: Uint8Array): HeifImage[]
    }
    heif_context_free(context: object): void
  }

  const libheif: Libheif
  export { libheif as default }
}
