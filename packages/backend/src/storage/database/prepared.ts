import type { Compilable, CompiledQuery } from 'kysely'
import type { Db } from './database.ts'

/** Where a value of a prepared query goes. */
class Place {
  readonly name: string | symbol

  constructor(name: string | symbol) {
    this.name = name
  }
}

/** Names of the queries that were built here, by their texts: there are as many as the program has. */
const names = new Map<string, string>()

/** By which name a database may keep the plan of a query; undefined for one that is built anew each time. */
export function nameOfPrepared(text: string): string | undefined {
  return names.get(text)
}

/**
 * A query that is built once for each engine and shape and run with other values each time: building takes longer than most
 * of what is asked often. `build` is given places instead of values; what decides how the query looks is its shape.
 */
export function prepared<Shape extends readonly string[], Values extends object, Row>(
  build: (db: Db, shape: Shape, values: Values) => Compilable<Row>,
): (db: Db, shape: Shape, values: Values) => Promise<Row[]> {
  const byEngine = new WeakMap<object, Map<string, CompiledQuery<Row>>>()
  return async (db, shape, values) => {
    const queries = queriesFor(byEngine, db.getExecutor().adapter)
    const key = shape.join()
    const query = queries.get(key) ?? build(db, shape, places<Values>()).compile()
    queries.set(key, query)
    names.set(query.sql, names.get(query.sql) ?? `prepared_${names.size}`)
    const { rows } = await db.executeQuery<Row>({ ...query, parameters: fill(query.parameters, values) })
    return rows
  }
}

/** As `prepared`, for the insert of one row: its columns are its shape. */
export function preparedInsert<Row extends object, Result>(
  build: (db: Db, row: Row) => Compilable<Result>,
): (db: Db, row: Row) => Promise<Result[]> {
  const insert = prepared((db, columns: readonly string[], row: Row) => {
    const values = columns.map((column): [string, unknown] => [column, Reflect.get(row, column)])
    return build(db, Object.fromEntries(values) as Row) // of the same columns
  })
  return (db, row) => insert(db, Object.keys(row), row)
}

function queriesFor<Query>(
  byEngine: WeakMap<object, Map<string, Query>>,
  engine: object,
): Map<string, Query> {
  const known = byEngine.get(engine) ?? new Map<string, Query>()
  byEngine.set(engine, known)
  return known
}

/** Stands in for values of any names; the builder passes on what it does not know. */
function places<Values extends object>(): Values {
  return new Proxy({}, { get: (_, name) => new Place(name) }) as Values // has every property
}

function fill(parameters: readonly unknown[], values: object): unknown[] {
  return parameters.map((given): unknown =>
    given instanceof Place ? Reflect.get(values, given.name) : given,
  )
}
