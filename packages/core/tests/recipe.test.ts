import { execFileSync } from 'node:child_process'
import { writeFileSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sharp from 'sharp'
import { describe, expect, test } from 'vitest'
import goldenHothashes from './golden-hothashes.json' with { type: 'json' }
import { fixture, sharedCore } from './running-core.ts'

const core = sharedCore()

describe('recipe h1', () => {
  test.each(Object.entries(goldenHothashes))(
    'gives %s the hothash it has always had',
    async (name, hothash) => {
      expect((await core.egg(fixture(name))).hothash).toBe(hothash)
    },
  )

  test('gives the same hothash with and without a coldpreview of any size', async () => {
    const photo = await widePhoto()

    const alone = await core.egg(photo)

    for (const coldpreviewSize of [150, 1000, 1920, 2047, 2048, 2049, 3000, 4096]) {
      const egg = await core.egg(photo, { coldpreviewSize })
      expect(egg.hothash).toBe(alone.hothash)
      expect(egg.coldpreview_width).toBe(Math.min(coldpreviewSize, 2400))
      expect(egg.coldpreview_height).toBe(Math.round((Math.min(coldpreviewSize, 2400) * 1600) / 2400))
    }
  })

  test('gives the same hothash where libjpeg decodes at half the size', async () => {
    const photo = await sharp(await widePhoto())
      .resize(6000, 4000)
      .jpeg()
      .toBuffer()

    const eggs = await Promise.all(
      [undefined, 1920, 2040, 4096].map((size) => core.egg(photo, size ? { coldpreviewSize: size } : {})),
    )

    expect(new Set(eggs.map(({ hothash }) => hothash)).size).toBe(1)
    expect(eggs.map(({ coldpreview_width }) => coldpreview_width)).toEqual([null, 1920, 2040, 4096])
  })

  test('gives the same hothashes to many at once as to one after the other', async () => {
    const names = Object.keys(goldenHothashes)

    const eggs = await Promise.all(
      [...names, ...names].map((name) => core.egg(fixture(name), { coldpreviewSize: 300 })),
    )

    const wanted = Object.values(goldenHothashes)
    expect(eggs.map(({ hothash }) => hothash)).toEqual([...wanted, ...wanted])
  })

  test('gives the same hothash in another process', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'imalink-recipe-'))
    const photo = await widePhoto()
    writeFileSync(join(folder, 'photo.jpg'), photo)
    const lay = join(import.meta.dirname, '../src/lay-egg.ts')
    const script = `
      import { readFileSync } from 'node:fs'
      const { layEgg } = await import(${JSON.stringify(lay)})
      const bytes = readFileSync(${JSON.stringify(join(folder, 'photo.jpg'))})
      process.stdout.write((await layEgg(bytes, { filename: 'a', coldpreviewSize: null })).hothash)`

    const elsewhere = execFileSync(process.execPath, ['--input-type=module', '-e', script]).toString()
    rmSync(folder, { recursive: true })

    expect(elsewhere).toBe((await core.egg(photo)).hothash)
  })

  test('tells apart pictures that differ a little', async () => {
    const [left, right] = await Promise.all(
      ['orientation-1.jpg', 'orientation-6.jpg'].map((name) => core.egg(fixture(name))),
    )

    expect(left?.hothash).not.toBe(right?.hothash)
  })
})

/** Larger than the intermediate, in colours that change everywhere. */
function widePhoto(): Promise<Buffer> {
  const [width, height] = [2400, 1600]
  const pixels = Buffer.alloc(width * height * 3)
  for (let at = 0; at < pixels.length; at++) pixels[at] = (at * 7 + Math.floor(at / 700) * 13) & 255
  return sharp(pixels, { raw: { width, height, channels: 3 } })
    .blur(2)
    .jpeg({ quality: 90 })
    .toBuffer()
}
