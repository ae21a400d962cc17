/**
 * Who may see and do what, on one page, in plain words: the oracle of the access matrix. It shares no code with the
 * server, so that a mistake there is not repeated here.
 */

export type Level = 'private' | 'space' | 'authenticated' | 'public'

/** A photo, as far as access goes. */
export interface Guarded {
  readonly owner: string
  readonly level: Level
  readonly inTrash: boolean
}

/** Who asks, and by what right. */
export interface Onlooker {
  /** The account; null for nobody in particular. */
  readonly account: string | null
  /** Whether they are a member of the space that the photos are in. */
  readonly isMember?: boolean
  /** What the credential allows; `refused` for one that is expired, revoked or of a deactivated account. */
  readonly right: 'everything' | 'read' | 'import' | 'refused'
}

/**
 * Owners see their photos. Others see what is open to them, and members of a space what is in it for them. Nobody else sees
 * the trash, and administrators are users.
 */
export function maySee(onlooker: Onlooker, photo: Guarded): boolean {
  if (photo.inTrash) return false
  if (onlooker.account === photo.owner) return true
  if (photo.level === 'public') return true
  if (photo.level === 'space') return onlooker.isMember === true
  return photo.level === 'authenticated' && onlooker.account !== null
}

/** Previews are there for the owner even in the trash, so that it can be looked through. */
export function maySeePreview(onlooker: Onlooker, photo: Guarded): boolean {
  return maySee(onlooker, photo) || isOwn(onlooker, photo)
}

export function isOwn(onlooker: Onlooker, photo: Guarded): boolean {
  return onlooker.account === photo.owner
}

/** What a call that would change a photo is answered by somebody who may not: hidden is missing, visible is not theirs. */
export function refusalToChange(onlooker: Onlooker, photo: Guarded): 403 | 404 {
  return maySee(onlooker, photo) ? 403 : 404
}

/** An endpoint, as far as credentials go. */
export interface Door {
  readonly onlyReads: boolean
  readonly needsAccount: boolean
  /** Whether it answers without looking who asks. */
  readonly ignoresCredentials: boolean
  readonly isForImporters: boolean
  /** Keys have no business with accounts. */
  readonly isForPeopleAlone: boolean
}

/** The status that a door answers before it looks at what is asked for, null where it lets the onlooker in. */
export function refusalAtTheDoor({ account, right }: Onlooker, door: Door): 401 | 403 | null {
  if (door.ignoresCredentials) return null
  if (right === 'refused') return 401
  if (account === null) return door.needsAccount ? 401 : null
  if (right === 'everything') return null
  if (door.isForPeopleAlone) return 403
  const allowed = right === 'read' ? door.onlyReads : door.isForImporters
  return allowed ? null : 403
}
