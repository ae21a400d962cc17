/** One figure, beside what a bare reference of the same work reached in the same minute; null where there is none. */
export interface Measurement {
  readonly name: string
  readonly params: Readonly<Record<string, string | number | boolean>>
  readonly value: number
  readonly unit: string
  readonly reference: number | null
  /** The value by the reference. */
  readonly ratio: number | null
}
