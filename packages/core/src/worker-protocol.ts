import type { ErrorCode } from '@imalink/contract'
import type { EggOptions } from './lay-egg.ts'

/**
 * What the server and an image worker say to each other. A frame is two lengths (32 bits each, little-endian), a JSON
 * head and a binary body. Jobs go to the worker on file descriptor 3, results come back on 4.
 */
export type Job =
  | ({ readonly kind: 'egg' } & EggOptions)
  | { readonly kind: 'resize'; readonly width?: number; readonly height?: number }

/** `residentBytes` is what the worker holds after the job. The body is the egg as JSON, or the JPEG. */
export type Result =
  | { readonly ok: true; readonly residentBytes: number }
  | {
      readonly ok: false
      readonly residentBytes: number
      readonly code: ErrorCode
      readonly sentence: string
    }
  | { readonly ok: false; readonly residentBytes: number; readonly code: null; readonly stack: string }

export const JOB_FD = 3
export const RESULT_FD = 4
export const LENGTHS_BYTES = 8

/** The two lengths and the head; the body follows as it is. */
export function frameHead(head: Job | Result, bodyBytes: number): Buffer {
  const json = Buffer.from(JSON.stringify(head))
  const lengths = Buffer.alloc(LENGTHS_BYTES)
  lengths.writeUInt32LE(json.length, 0)
  lengths.writeUInt32LE(bodyBytes, 4)
  return Buffer.concat([lengths, json])
}
