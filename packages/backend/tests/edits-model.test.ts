import type { Photo } from '@imalink/contract'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { anEgg } from './an-egg.ts'
import { ALICE, testApp } from './test-app.ts'

const app = await testApp()
const alice = await app.as(ALICE)

/** What an egg says of when and where; a richer one may come later. */
interface Said {
  readonly taken_at: string | null
  readonly place: readonly [latitude: number, longitude: number] | null
}

interface Model extends Said {
  readonly title: string | null
  readonly rating: number
  readonly isTimeEdited: boolean
  readonly isPlaceEdited: boolean
}

const titles = fc.option(fc.constantFrom('Tide', 'Ebb', ''))
const times = fc.option(fc.constantFrom('1999-01-01T00:00:00', '2024-02-29T23:59:59.999'))
const places = fc.option(fc.constantFrom([0, 0] as const, [-33.5, 170.25] as const))
const ratings = fc.nat(5)
const said = fc.record({ taken_at: times, place: places })
type Change = Partial<Pick<Model, 'title' | 'rating'> & Said>

const changes: fc.Arbitrary<Change> = fc.record(
  { title: titles, rating: ratings, taken_at: times, place: places },
  { requiredKeys: [] },
)
const steps = fc.array(
  fc.oneof(
    fc.record({ do: fc.constant('edit' as const), how: fc.constantFrom('PATCH', 'batch'), change: changes }),
    fc.record({ do: fc.constant('correct' as const), change: said }),
    fc.record({ do: fc.constant('undo' as const) }),
    fc.record({ do: fc.constant('egg again' as const), said, title: titles, rating: ratings }),
  ),
  { minLength: 1, maxLength: 15 },
)

const coordinates = (place: Said['place']) => ({
  gps_latitude: place?.[0] ?? null,
  gps_longitude: place?.[1] ?? null,
})
const asBody = ({ place, ...rest }: Change) => ({
  ...rest,
  ...(place === undefined ? {} : coordinates(place)),
})
const asMetadata = ({ taken_at, place }: Said) => ({ metadata: { taken_at, ...coordinates(place) } })

function edited(model: Model, change: Change): Model {
  const time = change.taken_at === undefined ? {} : { isTimeEdited: true }
  const place = change.place === undefined ? {} : { isPlaceEdited: true }
  return { ...model, ...change, ...time, ...place }
}

/** A duplicate fills in what is not known and what its owner has not cleared, and nothing else. */
function filled(model: Model, { taken_at, place }: Said): Model {
  return {
    ...model,
    taken_at: model.taken_at === null && !model.isTimeEdited ? taken_at : model.taken_at,
    place: model.place === null && !model.isPlaceEdited ? place : model.place,
  }
}

test('whatever is sent in whatever order, nothing that its owner said of a photo is lost', async () => {
  await fc.assert(
    fc.asyncProperty(said, titles, steps, async (first, title, wanted) => {
      const egg = anEgg({ title, ...asMetadata(first) })
      const { id } = await alice.create(egg)
      const path = `/api/v1/photos/${id}`
      let model: Model = { title, rating: 0, ...first, isTimeEdited: false, isPlaceEdited: false }
      for (const step of wanted) {
        if (step.do === 'egg again') {
          await alice.create({ ...egg, ...asMetadata(step.said), title: step.title, rating: step.rating })
          model = filled(model, step.said)
        } else if (step.do === 'undo') {
          await alice.patch(`${path}/timeloc-correction`, null)
          model = { ...model, ...first, isTimeEdited: false, isPlaceEdited: false }
        } else if (step.do === 'correct') {
          await alice.patch(`${path}/timeloc-correction`, asBody(step.change))
          model = edited(model, step.change)
        } else {
          if (step.how === 'PATCH') await alice.patch(path, asBody(step.change))
          else await alice.post('/api/v1/photos/batch', { photos: [id], set: asBody(step.change) })
          model = edited(model, step.change)
        }
        const { isTimeEdited: _time, isPlaceEdited: _place, place, ...plain } = model
        expect((await alice.get(path)).body as Photo).toMatchObject({ ...plain, ...coordinates(place) })
      }
    }),
    // A failure names its seed and the shortest list of steps that fails.
    { numRuns: 60 },
  )
})
