import type {
  ActivityAction,
  ImportMode,
  ImportStatus,
  KeyScope,
  SpaceRole,
  StackType,
  Visibility,
} from '@imalink/contract'
import type { ColumnType, Generated } from 'kysely'

/** 0 or 1: SQLite has no boolean, so neither has the schema. */
export type Bit = 0 | 1

/** JSON as text: it comes back as it went in, NUL characters and key order included, on both databases. */
export type JsonText = string

type Id = Generated<number>

/** Set when the row is made, and never again. */
type Once<T> = ColumnType<T, T, never>

/** The whole database. Instants are UTC text ending in Z; `taken_at` is fixed-width wall-clock text. */
export interface Database {
  installation: {
    id: Once<1>
    installation_id: Once<string>
    /** Raised when a backup is restored, so that importers ask again what is known. */
    restore_epoch: number
    /** Being first makes an administrator only once. */
    had_admin: Bit
    /** Of the words in the text index; it is filled anew where the program folds them otherwise. */
    texts_version: Generated<number>
  }

  users: {
    id: Id
    username: string
    /** Lower-cased, so that names are unique whatever their case. */
    username_key: string
    email: string
    email_key: string
    display_name: string
    /** Lower-cased, so that a search finds it on both engines. */
    display_name_key: Generated<string>
    password_hash: string
    is_active: Bit
    is_admin: Bit
    share_location: Bit
    /** Whom pictures credit that name nobody. */
    default_author_id: Generated<number | null>
    created_at: Once<string>
    updated_at: string
  }

  /** One sign-in: a cookie and a family of refresh tokens, ended together. */
  sessions: {
    id: Once<string>
    /** Names the session to its user; opens nothing. */
    handle: Once<string>
    user_id: Once<number>
    cookie_hash: Once<string>
    user_agent: string | null
    created_at: Once<string>
    last_used_at: string
    expires_at: string
    revoked_at: string | null
  }

  refresh_tokens: {
    token_hash: Once<string>
    session_id: Once<string>
    created_at: Once<string>
    expires_at: string
    spent_at: string | null
  }

  api_keys: {
    id: Id
    user_id: Once<number>
    name: string
    prefix: Once<string>
    key_hash: Once<string>
    scope: Once<KeyScope>
    created_at: Once<string>
    expires_at: string | null
    last_used_at: string | null
  }

  /** Where a user has signed in: others cannot lock them out there. */
  known_addresses: {
    user_id: Once<number>
    address_hash: Once<string>
    signed_in_at: string
  }

  /** One makes one account where registration is by invitation. */
  invites: {
    id: Id
    code_hash: Once<string>
    note: string | null
    /** Null for one that was made on the server's own machine, or by an account that is gone. */
    created_by: number | null
    created_at: Once<string>
    expires_at: string
    used_by: number | null
    used_at: string | null
  }

  rate_limits: {
    key: Once<string>
    hits: number
    /** Milliseconds since 1970. */
    resets_at: number
  }

  photos: {
    id: Id
    user_id: Once<number>
    hothash: Once<string>
    visibility: Visibility
    title: string | null
    description: string | null
    category: string | null
    rating: number
    flag: 'pick' | 'reject' | null
    color_label: 'red' | 'yellow' | 'green' | 'blue' | 'purple' | null
    import_session_id: number | null
    author_id: number | null
    stack_id: Generated<number | null>
    /** Pixels of the whole image, upright. */
    width: Once<number>
    height: Once<number>
    taken_at: string | null
    taken_at_offset: string | null
    camera_make: string | null
    camera_model: string | null
    lens_make: string | null
    lens_model: string | null
    focal_length: number | null
    f_number: number | null
    iso: number | null
    exposure_time: string | null
    gps_latitude: number | null
    gps_longitude: number | null
    gps_altitude: number | null
    primary_filename: string | null
    image_format: string | null
    has_raw: Bit
    coldpreview_sha256: string | null
    created_at: Once<string>
    updated_at: string
    deleted_at: string | null
    /** Whether its owner has set when, and where, it was taken. */
    is_time_edited: Generated<Bit>
    is_place_edited: Generated<Bit>
    timeloc_correction: Generated<JsonText | null>
    view_correction: Generated<JsonText | null>
    /** `taken_at`, or '' where there is none: one order on both engines, undated last. */
    sort_time: ColumnType<string, never, never>
    /** The title without case and accents, '' where there is none. */
    title_key: Generated<string>
    /** Where it was taken in tenths of a degree: rows from the south pole, 3601 to a row. */
    gps_cell: ColumnType<number | null, never, never>
  }

  /**
   * Photos outside the trash by owner (0: of everybody together, open levels only), level and time; triggers keep it.
   * The rows of a bucket add up.
   */
  photo_counts: {
    user_id: Once<number>
    visibility: Once<Visibility>
    /** Characters of the bucket's name: 4 a year, 7 a month, 10 a day, 13 an hour. */
    length: Once<4 | 7 | 10 | 13>
    /** The beginning of `sort_time`, '' for undated photos at every length. */
    bucket: Once<string>
    photos: Once<number>
  }

  /** Counts of an owner's photos outside the trash by what they have, of 1024 ids or (portion -1) of all. */
  photo_rollups: { user_id: Once<number>; portion: Once<number>; counts: JsonText }

  /** Portions whose photos have changed since they were counted; triggers note them. */
  stale_rollups: { user_id: Once<number>; portion: Once<number> }

  /** What the egg said, kept whole and apart from what the user edits. */
  photo_eggs: {
    photo_id: Once<number>
    metadata: JsonText | null
    exif_dict: JsonText | null
    recipe: string | null
    egg_version: string | null
  }

  hotpreviews: { photo_id: Once<number>; jpeg: Once<Buffer> }

  /** Where an original is. Unknown text is '', because nulls are distinct and a record sent twice would be two. */
  image_files: {
    id: Id
    photo_id: number
    user_id: Once<number>
    file_sha256: string
    volume: string
    file_path: string
    filename: string
    /** The name without its extension, in one case and form: what the halves of a pair share. */
    stem_key: Once<string>
    file_format: string | null
    file_size: number | null
    modified_at: string | null
    width: number | null
    height: number | null
    metadata: JsonText | null
    exif_dict: JsonText | null
    local_storage_info: JsonText | null
    cloud_storage_info: JsonText | null
    created_at: Once<string>
  }

  /** A disk, or another place that originals are on, as file records name it in `volume`. */
  volumes: {
    id: Id
    user_id: Once<number>
    volume: Once<string>
    label: string | null
    kind: string | null
    serial: string | null
    created_at: Once<string>
    updated_at: string
  }

  /** The photographers that a user credits. */
  authors: {
    id: Id
    user_id: Once<number>
    name: string
    /** The name in one case and form, so that names are unique whatever theirs. */
    name_key: string
    email: string | null
    bio: string | null
    created_at: Once<string>
    updated_at: string
  }

  /** Searches under names; their criteria as they were written. */
  saved_searches: {
    id: Id
    user_id: Once<number>
    name: string
    description: string | null
    search_criteria: JsonText
    is_favorite: Bit
    created_at: Once<string>
    updated_at: string
  }

  /** Photos that belong together; one without photos goes by a trigger. */
  stacks: {
    id: Id
    user_id: Once<number>
    stack_type: StackType
    cover_photo_id: number | null
    created_at: Once<string>
    updated_at: string
  }

  /** Members of a stack that its owner, whoever is signed in, and anybody sees; triggers keep it. */
  stack_counts: {
    stack_id: Once<number>
    user_id: Once<number>
    kept: Once<number>
    signed_in: Once<number>
    anyone: Once<number>
  }

  /**
   * Photos of a user (0: of everybody) that stand behind another of their stack for each of these, and stacks with photos outside the
   * trash; triggers keep it. The rows of a user add up.
   */
  stack_totals: {
    user_id: Once<number>
    kept: Once<number>
    signed_in: Once<number>
    anyone: Once<number>
    stacks: Once<number>
  }

  /** Groups of users who show each other photos. */
  spaces: {
    id: Id
    name: string
    description: string | null
    created_at: Once<string>
    updated_at: string
  }

  space_members: {
    space_id: Once<number>
    user_id: Once<number>
    role: SpaceRole
    joined_at: Once<string>
  }

  /** Invitations that nobody has answered yet; of nobody where there is no such account. */
  space_invitations: {
    id: Id
    space_id: Once<number>
    user_id: Once<number | null>
    invitee: string
    invitee_key: Once<string>
    role: SpaceRole
    invited_by: number | null
    created_at: Once<string>
  }

  /** `sort_time` is that of the photo: a trigger keeps it. */
  space_photos: {
    space_id: Once<number>
    photo_id: Once<number>
    sort_time: Once<string>
    added_at: Once<string>
  }

  collections: {
    id: Id
    user_id: Once<number>
    parent_id: number | null
    name: string
    /** The name in one case, so that names in one place are unique whatever theirs. */
    name_key: string
    description: string | null
    visibility: Visibility
    cover_photo_id: number | null
    /** Of a smart one, as it was written; null where its photos are chosen one by one. */
    search_criteria: JsonText | null
    created_at: Once<string>
    updated_at: string
  }

  collection_photos: {
    collection_id: Once<number>
    photo_id: Once<number>
    /** A key of the order, between which and the next there is always room for another. */
    place: string
    caption: string | null
    added_at: Once<string>
  }

  /** Texts with photos in them. */
  stories: {
    id: Id
    user_id: Once<number>
    title: string
    document_type: 'general' | 'album' | 'slideshow'
    abstract: string | null
    cover_hash: string | null
    cover_alt: string | null
    content: JsonText
    /** All that is written in it, folded, between blanks. */
    words: string
    visibility: Visibility
    is_published: Bit
    published_at: string | null
    /** Whether what it says of its pictures stands in `story_pictures`. */
    is_told: Generated<Bit>
    created_at: Once<string>
    updated_at: string
  }

  /** What a story says of a picture in it; `user_id` is the story's. */
  story_pictures: {
    story_id: Once<number>
    hothash: Once<string>
    user_id: Once<number>
    texts: Once<JsonText>
  }

  /** What edits of many photos changed, for the hour in which it can be put back. */
  undo_steps: {
    token: Once<string>
    user_id: Once<number>
    changes: Once<JsonText>
    expires_at: string
  }

  /** What happened to what somebody owns, in their log. */
  activity: {
    id: Id
    user_id: Once<number>
    /** Null where the account is gone. */
    actor_id: number | null
    at: Once<string>
    action: Once<ActivityAction>
    photo_count: Once<number>
    photos: Once<JsonText>
    detail: Once<JsonText>
  }

  tags: { id: Id; user_id: Once<number>; name: string; created_at: Once<string> }
  photo_tags: { photo_id: Once<number>; tag_id: Once<number> }
  /** Photos outside the trash that have a tag; triggers keep it. The rows of a tag add up. */
  tag_counts: { tag_id: Once<number>; photos: Once<number> }

  import_sessions: {
    id: Id
    user_id: Once<number>
    title: string | null
    description: string | null
    source_path: string | null
    mode: Generated<ImportMode>
    status: ImportStatus
    author_id: number | null
    default_tags: JsonText
    default_visibility: Visibility | null
    total_files: number | null
    processed_files: Generated<number>
    created_photos: Generated<number>
    duplicates: Generated<number>
    failed_files: Generated<number>
    known_files: Generated<number>
    /** Of a folder import: longest side of its coldpreviews in px, null for none. */
    coldpreview_size: number | null
    /** The process that works on it, until when in milliseconds since 1970 unless it renews that. */
    lease_owner: string | null
    lease_expires_at: number | null
    started_at: string | null
    finished_at: string | null
    created_at: Once<string>
    updated_at: string
  }

  import_errors: {
    id: Id
    import_session_id: Once<number>
    filename: string
    code: string
    detail: string
  }
}
