import { describe, expect, test } from 'vitest'
import { newPhoto } from './photo-egg.ts'

const egg = { hothash: 'a'.repeat(64), hotpreview_base64: 'AA==', width: 30, height: 20 }

describe('the body that creates a photo', () => {
  test('says the same flat and nested', () => {
    const flat = newPhoto.parse({ ...egg, recipe: 'h1', title: 'Sunset', visibility: 'public' })
    const nested = newPhoto.parse({
      photo_egg: { ...egg, recipe: 'h1' },
      title: 'Sunset',
      visibility: 'public',
    })

    expect(nested).toEqual(flat)
  })

  test('takes from a nested egg what the photographer wrote, and not who may see it', () => {
    const photo = newPhoto.parse({
      photo_egg: { ...egg, visibility: 'public', author_id: 7, title: 'In the file', rating: 1 },
      rating: 3,
    })

    expect(photo).toEqual({ ...egg, title: 'In the file', rating: 3 })
  })

  test('keeps what it does not know of the metadata, and drops what it does not know beside it', () => {
    const photo = newPhoto.parse({ ...egg, metadata: { shutter_count: 12_345 }, made_by: 'another core' })

    expect(photo).toEqual({ ...egg, metadata: { shutter_count: 12_345 } })
  })

  test.each([[null], ['an egg'], [[egg]], [{ photo_egg: [egg] }], [{ photo_egg: null }], [{}]])(
    'is not %j',
    (body) => {
      expect(newPhoto.safeParse(body).success).toBe(false)
    },
  )
})
