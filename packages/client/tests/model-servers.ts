import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { type Server as HttpServer, createServer } from 'node:http'
import { buffer } from 'node:stream/consumers'
import {
  type ErrorCode,
  type ImageFile,
  type NewPhotoInput,
  type PhotoEgg,
  makeProblem,
} from '@imalink/contract'
import { ApiError } from '../src/client.ts'
import { type EggLayer, coreAt } from '../src/core.ts'
import type { ImportBackend } from '../src/import.ts'

/** What is in a file of these tests, as JSON: what core sees in it, or why core refuses it. */
export interface Scene {
  /** Files that show the same are one hothash. */
  readonly shows?: string
  readonly format?: string
  readonly takenAt?: string | null
  readonly camera?: string | null
  readonly width?: number
  readonly height?: number
  readonly says?: Pick<PhotoEgg, 'title' | 'rating' | 'tags' | 'fitted'>
  readonly refused?: ErrorCode
}

export interface AskedOfCore {
  readonly filename: string
  readonly coldpreview: string | null
  readonly sidecar: string | null
}

const hex = (text: string) => createHash('sha256').update(text).digest('hex')

/** An egg as core would lay it of a file with this scene. */
export function eggOf(scene: Scene, bytes: Uint8Array, filename: string): PhotoEgg {
  const { shows = filename, format = 'JPEG', width = 3000, height = 2000 } = scene
  return {
    hothash: hex(shows),
    hotpreview_base64: Buffer.from(shows).toString('base64'),
    hotpreview_width: 150,
    hotpreview_height: 100,
    coldpreview_base64: null,
    coldpreview_width: null,
    coldpreview_height: null,
    width,
    height,
    metadata: {
      taken_at: scene.takenAt === undefined ? '2024-06-15T10:00:00' : scene.takenAt,
      camera_model: scene.camera === undefined ? 'Example 1' : scene.camera,
    },
    exif_dict: { from: filename },
    ...scene.says,
    is_valid_image: true,
    image_format: format,
    file_size_bytes: bytes.byteLength,
    primary_filename: filename,
    file_sha256: createHash('sha256').update(bytes).digest('hex'),
    recipe: 'h1',
    egg_version: '2.1',
  }
}

/** A core that reads scenes, and remembers what it was asked. */
export async function modelCore(): Promise<{ layer: EggLayer; asked: AskedOfCore[]; close(): void }> {
  const asked: AskedOfCore[] = []
  const server: HttpServer = createServer((request, response) => {
    void buffer(request).then(async (body) => {
      const form = await new Response(new Uint8Array(body), {
        headers: { 'content-type': request.headers['content-type'] ?? '' },
      }).formData()
      const { status, answer } = await answerTo(form, asked)
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(answer))
    })
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('A TCP server has a port')
  return { layer: coreAt(`http://127.0.0.1:${address.port}`), asked, close: () => server.close() }
}

async function answerTo(form: FormData, asked: AskedOfCore[]) {
  const [file, sidecar, size] = [form.get('file'), form.get('sidecar'), form.get('coldpreview_size')]
  if (!(file instanceof File)) throw new Error('Core was sent no file')
  asked.push({
    filename: file.name,
    coldpreview: typeof size === 'string' ? size : null,
    sidecar: sidecar instanceof File ? await sidecar.text() : null,
  })
  const bytes = new Uint8Array(await file.arrayBuffer())
  const scene = JSON.parse(new TextDecoder().decode(bytes)) as Scene // what `scene` in the test wrote
  if (scene.refused === undefined) return { status: 200, answer: eggOf(scene, bytes, file.name) }
  const problem = makeProblem(scene.refused, 'Core refuses it.')
  return { status: problem.status, answer: problem }
}

export interface ModelPhoto {
  readonly id: number
  readonly hothash: string
  in_trash: boolean
  readonly asked: NewPhotoInput
  readonly files: ImageFile[]
}

/** A backend in memory, by the words of the contract; `calls` counts requests by name. */
export class ModelBackend implements ImportBackend {
  readonly photos: ModelPhoto[] = []
  readonly errors: string[] = []
  readonly calls = { known: 0, createPhotos: 0, addFile: 0, reportErrors: 0 }

  known: ImportBackend['known'] = async ({ file_sha256s, names }) => {
    this.calls.known++
    return {
      file_sha256s: Object.fromEntries(
        file_sha256s.flatMap((sha256) => {
          const photo = this.#ofBytes([sha256])
          return photo ? [[sha256, this.#answer(photo)]] : []
        }),
      ),
      names: names.map(({ folder, stem, volume = '' }) =>
        this.photos.flatMap((photo) => {
          const files = photo.files.filter(
            (file) =>
              file.volume === volume &&
              file.file_path === `${folder.replace(/\/+$/, '')}/${file.filename}` &&
              keyOf(file.filename.replace(/(?<=.)\.[^.]*$/, '')) === keyOf(stem),
          )
          return files.length === 0 ? [] : [{ ...this.#answer(photo), files: files.map(asNamed) }]
        }),
      ),
    }
  }

  createPhotos: ImportBackend['createPhotos'] = async (photos) => {
    this.calls.createPhotos++
    const results = photos.map((asked, index) => {
      const files = asked.image_files ?? (asked.image_file ? [asked.image_file] : [])
      const home =
        this.#ofBytes(files.flatMap(({ file_sha256 }) => file_sha256 ?? [])) ??
        this.photos.find(({ hothash }) => hothash === asked.hothash)
      const photo = home ?? {
        id: this.photos.length + 1,
        hothash: asked.hothash,
        in_trash: false,
        asked,
        files: [],
      }
      if (!home) this.photos.push(photo)
      for (const file of files) this.#record(photo, file)
      const { id, hothash, in_trash } = photo
      return {
        index,
        status: home ? ('duplicate' as const) : ('created' as const),
        id,
        hothash,
        in_trash,
        error: null,
      }
    })
    const created = results.filter(({ status }) => status === 'created').length
    return { results, created, duplicates: results.length - created, failed: 0 }
  }

  addFile: ImportBackend['addFile'] = async (photoId, file) => {
    this.calls.addFile++
    const photo = this.photos.find(({ id }) => id === photoId)
    if (!photo) throw new ApiError(makeProblem('photo_not_found', 'There is no such photo.'), null)
    this.#record(photo, file)
  }

  reportErrors: ImportBackend['reportErrors'] = async (_sessionId, errors) => {
    this.calls.reportErrors++
    this.errors.push(...errors.map(({ code }) => code))
  }

  #ofBytes(sha256s: readonly string[]): ModelPhoto | undefined {
    return this.photos.find(({ files }) =>
      files.some(({ file_sha256 }) => sha256s.includes(file_sha256 ?? '')),
    )
  }

  #record(photo: ModelPhoto, file: ImageFile): void {
    const isSame = (one: ImageFile) =>
      one.file_sha256 === file.file_sha256 && one.volume === file.volume && one.file_path === file.file_path
    const at = photo.files.findIndex(isSame)
    if (at < 0) photo.files.push(file)
    else photo.files[at] = { ...photo.files[at], ...file }
  }

  #answer({ id, hothash, in_trash, asked }: ModelPhoto) {
    const { taken_at = null, camera_model = null } = asked.metadata ?? {}
    return { id, hothash, in_trash, taken_at, camera_model, width: asked.width, height: asked.height }
  }
}

const keyOf = (stem: string) => stem.normalize('NFC').toLowerCase()

function asNamed({ filename, file_path, volume, file_sha256, file_format, modified_at }: ImageFile) {
  return {
    filename,
    file_path: file_path ?? '',
    volume: volume ?? '',
    file_sha256: file_sha256 ?? '',
    file_format: file_format ?? null,
    modified_at: modified_at ?? null,
  }
}
