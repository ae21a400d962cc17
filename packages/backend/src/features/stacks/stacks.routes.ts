import { stacksEndpoints as e } from '@imalink/contract'
import type { FeatureDeps } from '../../feature-deps.ts'
import { created, ok } from '../../http/answers.ts'
import {
  type StackedPhotos,
  addToStack,
  changeStack,
  createStack,
  deleteStack,
  pageOfStacks,
  readStack,
  removeFromStack,
} from './stacks.service.ts'
import { suggestStacks } from './suggest-stacks.service.ts'

export function stacksRoutes({ db, serve }: FeatureDeps, photos: StackedPhotos): void {
  serve(e.listStacks, async ({ viewer, query }) => ok(await pageOfStacks(db, viewer, query)))
  serve(e.getStack, async ({ viewer, params }) => ok(await readStack(db, viewer, params.id)))
  serve(e.createStack, async ({ viewer, body }) => created(await createStack(db, viewer, body, photos)))
  serve(e.suggestStacks, async ({ viewer, body }) => ok(await suggestStacks(db, viewer, body)))
  serve(e.updateStack, async ({ viewer, params, body }) =>
    ok(await changeStack(db, viewer, params.id, { said: body, photos })),
  )
  serve(e.deleteStack, async ({ viewer, params }) => ok(await deleteStack(db, viewer, params.id, photos)))
  serve(e.addToStack, async ({ viewer, params, body }) =>
    ok(await addToStack(db, viewer, params.id, { hothash: body.photo_hothash, photos })),
  )
  serve(e.removeFromStack, async ({ viewer, params }) =>
    ok(await removeFromStack(db, viewer, params.id, { hothash: params.hothash, photos })),
  )
}
