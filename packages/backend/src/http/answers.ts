type Headers = Readonly<Record<string, string>>

export const ok = <B>(body: B, headers: Headers = {}) => ({ status: 200, body, headers }) as const
export const created = <B>(body: B) => ({ status: 201, body }) as const
export const noContent = (headers: Headers = {}) => ({ status: 204, body: undefined, headers }) as const
export const notModified = (headers: Headers) => ({ status: 304, body: undefined, headers }) as const
