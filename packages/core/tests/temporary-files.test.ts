import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { RunningCore, formOf } from '../bench/running-core.ts'
import { makeDemandingImage } from './demanding-image.ts'
import { fixture } from './running-core.ts'

/** A core whose temporary files would all be in `folder`. */
async function coreWithFolder(settings: Record<string, string>) {
  const folder = mkdtempSync(join(tmpdir(), 'imalink-core-test-'))
  const core = await RunningCore.start({ ...settings, TMPDIR: folder })
  onTestFinished(async () => {
    await core.stop()
    rmSync(folder, { recursive: true })
  })
  return { core, folder }
}

async function outcomeOf(core: RunningCore, bytes: Buffer): Promise<string> {
  const { status, body } = await core.post(formOf(bytes, 1920))
  const { code } = JSON.parse(body.toString()) as { code?: string } // an egg has none
  return code ?? String(status)
}

test('no temporary file is left by a photo, a damaged one, or one that costs its worker', async () => {
  const { core, folder } = await coreWithFolder({ IMALINK_CORE_WORKER_MIB: '400' })

  const images = [
    fixture('camera.jpg'),
    fixture('plain.heic'),
    fixture('cut.png'),
    await makeDemandingImage(),
  ]
  const outcomes = await Promise.all(images.map((image) => outcomeOf(core, image)))

  expect(outcomes).toEqual(['200', '200', 'corrupt_image', 'image_too_large'])
  expect(readdirSync(folder)).toEqual([])
})

test('no temporary file is left by an image whose time is over, or an upload that breaks off', async () => {
  const { core, folder } = await coreWithFolder({ IMALINK_CORE_TIMEOUT_MS: '100' })

  const outcome = await outcomeOf(core, await makeDemandingImage())
  await breakOff(core.port, formOf(Buffer.alloc(5_000_000, 1), 1920))

  expect(outcome).toBe('processing_timeout')
  expect(readdirSync(folder)).toEqual([])
})

/** Sends the first half of a form and hangs up. */
async function breakOff(port: number, form: Buffer): Promise<void> {
  const socket = connect(port, '127.0.0.1')
  socket.write(
    `POST /v1/process HTTP/1.1\r\nhost: localhost\r\ncontent-type: multipart/form-data; boundary=imalink-bench\r\ncontent-length: ${form.length}\r\n\r\n`,
  )
  await new Promise((resolve) => socket.write(form.subarray(0, form.length / 2), resolve))
  await new Promise((resolve) => socket.destroy().once('close', resolve))
}
