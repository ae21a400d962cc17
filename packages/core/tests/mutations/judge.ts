import { createHash } from 'node:crypto'
import { limits, newPhoto, photoEgg, problem, refusalsOfContent } from '@imalink/contract'
import type { Reply } from '../../bench/running-core.ts'

/** Codes that core may answer for what is in a file. */
const codesOfFiles = new Set<string>([...refusalsOfContent, 'processing_timeout'])

/** What core made of a file: `photo`, or the code of the refusal, with its sentence. */
export interface Verdict {
  readonly outcome: string
  readonly detail: string
}

/** Throws where the answer is neither an egg that the backend would take nor a refusal with a code that is meant for files. */
export function judge(file: Buffer, { status, body }: Reply): Verdict {
  const answer: unknown = JSON.parse(body.toString())
  if (status === 200) return judgeEgg(file, answer)
  const { code, detail, status: said } = problem.parse(answer)
  if (!codesOfFiles.has(code)) throw new Error(`The answer is ${status} ${code}: ${detail}`)
  if (said !== status) throw new Error(`${code} says that it is ${said} and is sent as ${status}`)
  return { outcome: code, detail }
}

function judgeEgg(file: Buffer, answer: unknown): Verdict {
  const egg = photoEgg.parse(answer)
  newPhoto.parse(answer)
  const hotpreview = Buffer.from(egg.hotpreview_base64, 'base64')
  const coldpreview = Buffer.from(egg.coldpreview_base64 ?? '', 'base64')
  const faults = {
    'the hothash is not that of the hotpreview': sha256(hotpreview) !== egg.hothash,
    'the hotpreview is too large': hotpreview.length > limits.hotpreviewBytes,
    'the hotpreview has too many pixels': Math.max(egg.hotpreview_width, egg.hotpreview_height) > 150,
    'the coldpreview is too large': coldpreview.length > limits.coldpreviewBytes,
    'exif_dict is too large': Buffer.byteLength(JSON.stringify(egg.exif_dict)) > limits.exifDictBytes,
    'the file has another SHA-256': sha256(file) !== egg.file_sha256,
    'the file has another size': file.length !== egg.file_size_bytes,
  }
  const fault = Object.entries(faults).find(([, isSo]) => isSo)?.[0]
  if (fault !== undefined) throw new Error(`The egg is wrong: ${fault}`)
  return { outcome: 'photo', detail: egg.image_format }
}

function sha256(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex')
}
