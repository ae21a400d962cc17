import { newPhoto } from '@imalink/contract'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { xmlText, xmpDocument, xmpList } from '../../../fixtures/written-words.ts'
import { fixture, plainJpeg, sharedCore } from './running-core.ts'

const core = sharedCore()
const plain = await plainJpeg()

const eggBeside = (sidecar: Buffer | string) => core.egg(plain, { sidecar })

describe('a side-car that is no good', () => {
  const body = xmpDocument('<dc:source>&x;</dc:source>', ' xmp:Rating="3"').replace(/<\?xpacket.*?\?>/g, '')
  const laughs = Array.from({ length: 9 }, (_, n) => `<!ENTITY x${n + 1} "${`&x${n};`.repeat(10)}">`).join('')
  const nested = 30_000

  test.each([
    ['is empty', ''],
    ['is no XML', 'These are words.'],
    ['is a picture', fixture('plain.png')],
    ['is another kind of XML', '<svg xmlns="http://www.w3.org/2000/svg"/>'],
    ['is cut off', xmpDocument('', ' xmp:Rating="3"').slice(0, 500)],
    [
      'declares entities that grow',
      `<!DOCTYPE x [<!ENTITY x0 "ha">${laughs}]>${body.replace('&x;', '&x9;')}`,
    ],
    ['names a file', `<!DOCTYPE x [<!ENTITY x SYSTEM "file:///etc/passwd">]>${body}`],
    ['names a server', `<!DOCTYPE x SYSTEM "http://127.0.0.1:1/x.dtd">${body}`],
    ['uses an entity that nobody declares', body],
    ['is nested without end', xmpDocument('<dc:a>'.repeat(nested) + '</dc:a>'.repeat(nested))],
    [
      'is nested without end inside of quotes and comments',
      xmpDocument('<dc:a dc:b="/>"><!-- </dc:a> -->'.repeat(nested / 3)),
    ],
    ['has elements without end', xmpDocument('<dc:a/>'.repeat(nested), ' xmp:Rating="3"')],
    ['never closes anything', '<a '.repeat(200_000)],
    ['never closes a comment', '<a><!--'.repeat(100_000)],
    ['opens nothing', '</a>'.repeat(200_000)],
  ])('because it %s costs only itself, at once, and the egg says so', async (_why, sidecar) => {
    const began = performance.now()

    const egg = await eggBeside(sidecar)

    expect(egg.fitted).toEqual([
      { field: 'sidecar', reason: expect.stringContaining('could not be read: ') as string },
    ])
    expect(egg).not.toHaveProperty('rating')
    expect(performance.now() - began).toBeLessThan(2000)
  })

  test.each([
    ['elements', xmpDocument('<dc:a/>'.repeat(19_000), ' xmp:Rating="3"')],
    ['attributes', xmpDocument('', Array.from({ length: 60_000 }, (_, n) => ` dc:a${n}="1"`).join(''))],
    [
      'items',
      xmpDocument(
        `${xmpList(
          'dc:subject',
          Array.from({ length: 19_000 }, (_, n) => `${n}`),
        )}`,
      ),
    ],
    ['commas', xmpDocument(xmpList('dc:subject', [',\\'.repeat(450_000)]))],
    ['blanks', xmpDocument(`<photoshop:Headline>a${' '.repeat(900_000)}b</photoshop:Headline>`)],
  ])('because it is full of %s is read in bounded time', async (_what, sidecar) => {
    const began = performance.now()

    await eggBeside(sidecar)

    expect(performance.now() - began).toBeLessThan(5000)
  })
})

describe('whatever a side-car says', () => {
  const anyText = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 80 }),
    fc.string({
      unit: fc.constantFrom(',', '\\', '|', '/', ' ', '\t', 'a', 'İ', 'ß', '\u0301', '👩‍👩‍👧'),
      maxLength: 120,
    }),
    fc.constantFrom('', '-1', '6', '1/0', '1e9', 'x'.repeat(300), 'é'.repeat(60), 'constructor', '__proto__'),
  )
  // What XML cannot hold, no side-car can say.
  const xmlOnly = (text: string) =>
    xmlText(text.toWellFormed().replace(/[^\t\n\r\x20-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu, ''))
  const sidecars = fc
    .record({
      title: anyText,
      description: anyText,
      rating: anyText,
      label: anyText,
      pick: anyText,
      tags: fc.array(anyText, { maxLength: 12 }),
      paths: fc.array(anyText, { maxLength: 6 }),
      creators: fc.array(anyText, { maxLength: 3 }),
      date: anyText,
    })
    .map(({ tags, paths, creators, ...texts }) => {
      const one = (name: string, text: string) => `<${name}>${xmlOnly(text)}</${name}>`
      const list = (name: string, items: string[]) =>
        `<${name}><rdf:Bag>${items.map((item) => `<rdf:li>${xmlOnly(item)}</rdf:li>`).join('')}</rdf:Bag></${name}>`
      return xmpDocument(
        one('photoshop:Headline', texts.title) +
          one('dc:description', texts.description) +
          one('xmp:Rating', texts.rating) +
          one('xmp:Label', texts.label) +
          one('xmpDM:pick', texts.pick) +
          one('xmp:CreateDate', texts.date) +
          list('dc:subject', tags) +
          list('lr:hierarchicalSubject', paths) +
          list('dc:creator', creators),
      )
    })

  test('the egg is one that the backend takes, and its tags are as they are kept', async () => {
    await fc.assert(
      fc.asyncProperty(sidecars, async (sidecar) => {
        const egg = await eggBeside(sidecar)

        expect(newPhoto.safeParse(egg).error?.issues ?? []).toEqual([])
        expect(egg.fitted?.filter(({ field }) => field === 'sidecar') ?? []).toEqual([])
        expect(egg.tags).toEqual(egg.tags?.map((tag) => tag.normalize('NFC').trim().toLowerCase()))
        expect(new Set(egg.tags).size).toBe(egg.tags?.length ?? 0)
      }),
      { numRuns: 150 },
    )
  }, 60_000)

  test('damaged at any place, it costs no photo', async () => {
    const whole = Buffer.from(xmpDocument(xmpList('dc:subject', ['sea', 'Bodø']), ' xmp:Rating="3"'))
    const damages = fc.array(fc.tuple(fc.nat(whole.length - 1), fc.nat(255)), { minLength: 1, maxLength: 6 })

    await fc.assert(
      fc.asyncProperty(damages, async (changes) => {
        const damaged = Buffer.from(whole)
        for (const [at, byte] of changes) damaged[at] = byte

        expect(newPhoto.safeParse(await eggBeside(damaged)).success).toBe(true)
      }),
      { numRuns: 150 },
    )
  }, 60_000)
})
