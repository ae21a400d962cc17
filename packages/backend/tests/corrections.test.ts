import type { Photo } from '@imalink/contract'
import { beforeEach, describe, expect, test } from 'vitest'
import { anEgg } from './an-egg.ts'
import { ALICE, BOB, testApp } from './test-app.ts'

const app = await testApp()
const [alice, bob] = [await app.as(ALICE), await app.as(BOB)]
beforeEach(app.emptyLibrary)

const at = (id: number) => `/api/v1/photos/${id}`
const read = async (id: number) => (await alice.get(at(id))).body as Photo

/** The time and the place that an egg of the camera's says. */
const SAID = {
  taken_at: '1999-01-01T00:00:00',
  taken_at_offset: '+01:00',
  gps_latitude: 1,
  gps_longitude: 2,
  gps_altitude: 300,
}
const aTakenEgg = () => anEgg({ metadata: SAID, taken_at: SAID.taken_at })

describe('a correction of time and place', () => {
  const correct = (id: number, body: unknown) => alice.patch(`${at(id)}/timeloc-correction`, body)

  test('changes both, and is kept with its reason, its time and its author', async () => {
    const { id } = await alice.create(aTakenEgg())

    const reply = await correct(id, {
      taken_at: '2001-02-03T04:05:06Z',
      gps_latitude: 5,
      gps_longitude: 6,
      correction_reason: 'The clock was wrong',
    })

    expect(reply).toMatchObject({
      status: 200,
      body: {
        taken_at: '2001-02-03T04:05:06',
        taken_at_offset: '+00:00',
        gps_latitude: 5,
        gps_longitude: 6,
        gps_altitude: null,
        timeloc_correction: {
          taken_at: '2001-02-03T04:05:06Z',
          correction_reason: 'The clock was wrong',
          corrected_by: alice.id,
          corrected_at: expect.stringMatching(/Z$/) as string,
        },
      },
    })
  })

  test('is merged into an earlier one', async () => {
    const { id } = await alice.create(aTakenEgg())
    await correct(id, { taken_at: '2001-02-03T04:05:06', correction_reason: 'The clock was wrong' })

    const { body } = await correct(id, { gps_latitude: 5 })

    expect(body).toMatchObject({
      taken_at: '2001-02-03T04:05:06',
      gps_latitude: 5,
      gps_longitude: 2,
      timeloc_correction: {
        taken_at: '2001-02-03T04:05:06',
        gps_latitude: 5,
        correction_reason: 'The clock was wrong',
      },
    })
  })

  test.each([
    ['by a correction', async (id: number) => correct(id, { taken_at: null, gps_latitude: 7 })],
    [
      'by an edit',
      async (id: number) => alice.patch(at(id), { taken_at: '2020-01-01T00:00:00', gps_longitude: 9 }),
    ],
  ])('is undone by null, however the photo was changed: %s', async (_how, change) => {
    const { id } = await alice.create(aTakenEgg())
    await change(id)
    await alice.patch(at(id), { title: 'Kept' })

    const { body } = await correct(id, null)

    expect(body).toMatchObject({ ...SAID, timeloc_correction: null, title: 'Kept' })
  })

  test('that is undone lets eggs fill in again what is not known', async () => {
    const egg = anEgg()
    const { id } = await alice.create(egg)
    await correct(id, { taken_at: null })
    await correct(id, null)

    await alice.create({ ...egg, metadata: { ...egg.metadata, taken_at: SAID.taken_at } })

    expect(await read(id)).toMatchObject({ taken_at: SAID.taken_at })
  })

  test.each([{ gps_latitude: null }, { taken_at: 'yesterday' }, { reason: 'x' }, []])(
    'of %j is refused and changes nothing',
    async (body) => {
      const { id } = await alice.create(aTakenEgg())
      const before = await read(id)

      expect((await correct(id, body)).status).toBe(422)
      expect(await read(id)).toEqual(before)
    },
  )

  test('is nobody else’s to read', async () => {
    const { id } = await alice.create(anEgg({ visibility: 'public' }))
    await correct(id, { taken_at: '2001-02-03T04:05:06', correction_reason: 'secret' })

    const { body } = await bob.get(at(id))

    expect(body).toMatchObject({ taken_at: '2001-02-03T04:05:06' })
    expect(JSON.stringify(body)).not.toMatch(/secret|timeloc/)
  })
})

describe('a correction of the view', () => {
  const correct = (id: number, body: unknown) => alice.patch(`${at(id)}/view-correction`, body)
  const crop = { x: 0.1, y: 0, width: 0.9, height: 1 }

  test('is kept, merged and cleared, and leaves the previews alone', async () => {
    const { id } = await alice.create(anEgg({ visibility: 'public' }))
    const preview = (await alice.get(`${at(id)}/hotpreview`)).bytes

    const first = await correct(id, { rotation: 90, relative_crop: crop })
    const second = await correct(id, { exposure_adjust: -1.5, relative_crop: null })
    const seen = await bob.get(at(id))
    const cleared = await correct(id, null)

    expect(first.body).toMatchObject({ view_correction: { rotation: 90, relative_crop: crop } })
    expect((second.body as Photo).view_correction).toEqual({
      rotation: 90,
      exposure_adjust: -1.5,
      relative_crop: null,
    })
    expect(seen.body).toMatchObject({ view_correction: { rotation: 90 } })
    expect(cleared.body).toMatchObject({ view_correction: null })
    expect((await alice.get(`${at(id)}/hotpreview`)).bytes).toEqual(preview)
  })

  test.each([
    { rotation: 45 },
    { rotation: '90' },
    { exposure_adjust: 2.1 },
    { relative_crop: { x: 0.5, y: 0, width: 0.6, height: 1 } },
    { relative_crop: { x: 0, y: 0, width: 0, height: 1 } },
    { relative_crop: { x: 0, y: 0, width: 1 } },
    { zoom: 2 },
  ])('of %j is refused', async (body) => {
    const { id } = await alice.create(anEgg())

    expect((await correct(id, body)).status).toBe(422)
    expect(await read(id)).toMatchObject({ view_correction: null })
  })
})
