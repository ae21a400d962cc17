/** An image worker: takes one job at a time from the server, answers it, and ends when the server does. */
import { readSync, writeSync } from 'node:fs'
import { detectFormat } from './formats.ts'
import { layEgg } from './lay-egg.ts'
import { openPicture } from './pictures.ts'
import { resizeJpeg } from './previews.ts'
import { Refusal, refuseCorrupt } from './refusal.ts'
import { watchOwnMemory } from './worker-memory.ts'
import { type Job, JOB_FD, LENGTHS_BYTES, RESULT_FD, type Result, frameHead } from './worker-protocol.ts'

const ownLimit = process.argv[2]
if (ownLimit !== undefined) watchOwnMemory(Number(ownLimit))

send({ ok: true, residentBytes: process.memoryUsage.rss() }, Buffer.alloc(0))
for (let job = readJob(); job !== null; job = readJob()) {
  await answer(job.head, job.body)
}

/** Reads until the buffer is full; false where the server has gone. */
function fill(buffer: Buffer): boolean {
  let offset = 0
  while (offset < buffer.length) {
    const count = readSync(JOB_FD, buffer, offset, buffer.length - offset, null)
    if (count === 0) return false
    offset += count
  }
  return true
}

function readJob(): { head: Job; body: Buffer } | null {
  const lengths = Buffer.alloc(LENGTHS_BYTES)
  if (!fill(lengths)) return null
  const head = Buffer.allocUnsafe(lengths.readUInt32LE(0))
  const body = Buffer.allocUnsafeSlow(lengths.readUInt32LE(4))
  if (!fill(head) || !fill(body)) return null
  // The head was written by the server that started this process.
  return { head: JSON.parse(head.toString()) as Job, body }
}

async function answer(job: Job, bytes: Buffer): Promise<void> {
  try {
    const body = await run(job, bytes)
    send({ ok: true, residentBytes: process.memoryUsage.rss() }, body)
  } catch (error) {
    send(explain(error), Buffer.alloc(0))
  }
}

async function run(job: Job, bytes: Buffer): Promise<Buffer> {
  if (job.kind === 'egg') return Buffer.from(JSON.stringify(await layEgg(bytes, job)))
  if (detectFormat(bytes) !== 'JPEG') throw new Refusal('not_an_image', 'The body is not a JPEG.')
  await openPicture(bytes, 'JPEG')
  return resizeJpeg(bytes, job).catch(refuseCorrupt)
}

function explain(error: unknown): Result {
  const residentBytes = process.memoryUsage.rss()
  if (error instanceof Refusal) return { ok: false, residentBytes, code: error.code, sentence: error.message }
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error)
  return { ok: false, residentBytes, code: null, stack }
}

function send(result: Result, body: Buffer): void {
  for (const part of [frameHead(result, body.length), body]) {
    let offset = 0
    while (offset < part.length) offset += writeSync(RESULT_FD, part, offset)
  }
}
