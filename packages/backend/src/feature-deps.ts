import type { Endpoint } from '@imalink/contract'
import type { Config } from './config.ts'
import type { Handler, RouteOptions } from './http/route.ts'
import type { Db } from './storage/database/database.ts'
import type { PreviewStore } from './storage/previews/preview-store.ts'

/** What `app.ts` hands to every feature. `serve` puts a contract row below `/api/v1`, `serveAtRoot` at the root. */
export interface FeatureDeps {
  readonly db: Db
  readonly previews: PreviewStore
  readonly config: Config
  /** Aborted when the server begins to close: what never ends by itself ends then. */
  readonly closing: AbortSignal
  serve<E extends Endpoint>(endpoint: E, handler: Handler<E>, options?: RouteOptions): void
  serveAtRoot<E extends Endpoint>(endpoint: E, handler: Handler<E>): void
}
