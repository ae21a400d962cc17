import { z } from 'zod'

/** Every machine word an error can carry, with its usual HTTP status and its title. */
export const errorCodes = {
  malformed_json: [400, 'The body is not JSON'],
  contradicting_parameters: [400, 'The parameters contradict each other'],
  cursor_mismatch: [400, 'The cursor belongs to another list'],
  malformed_request: [400, 'The request could not be read'],
  credentials_required: [401, 'Sign in first'],
  credentials_invalid: [401, 'The credentials are not valid'],
  wrong_credentials: [401, 'Wrong name or password'],
  refresh_token_invalid: [401, 'The refresh token is not valid'],
  not_yours: [403, 'Visible to you, but not yours to change'],
  scope_insufficient: [403, 'The API key does not allow this'],
  role_insufficient: [403, 'The role in the space does not allow this'],
  administrators_only: [403, 'Only administrators may do this'],
  wrong_password: [403, 'The current password is wrong'],
  registration_closed: [403, 'Registration is closed'],
  invite_invalid: [403, 'The invitation is not valid'],
  origin_not_allowed: [403, 'The page that sent this is not allowed to'],
  host_not_allowed: [403, 'The server does not answer to this host name'],
  not_found: [404, 'Not found'],
  photo_not_found: [404, 'Photo not found'],
  preview_not_found: [404, 'The photo has no such preview'],
  api_key_not_found: [404, 'API key not found'],
  session_not_found: [404, 'Session not found'],
  user_not_found: [404, 'User not found'],
  invite_not_found: [404, 'Invitation not found'],
  import_session_not_found: [404, 'Import session not found'],
  volume_not_found: [404, 'Volume not found'],
  tag_not_found: [404, 'Tag not found'],
  undo_not_found: [404, 'There is nothing to undo'],
  space_not_found: [404, 'Space not found'],
  member_not_found: [404, 'Member not found'],
  space_invitation_not_found: [404, 'Invitation not found'],
  stack_not_found: [404, 'Stack not found'],
  author_not_found: [404, 'Author not found'],
  search_not_found: [404, 'Saved search not found'],
  method_not_allowed: [405, 'The path exists, the method does not'],
  tag_exists: [409, 'There is such a tag already'],
  author_exists: [409, 'The author is there already'],
  changed_since: [409, 'Some of it has been changed since'],
  photo_exists: [409, 'The photo is there already'],
  username_taken: [409, 'The username is taken'],
  email_taken: [409, 'The e-mail address is taken'],
  last_owner: [409, 'Somebody must own the space'],
  last_administrator: [409, 'Somebody must administer the installation'],
  volume_taken: [409, 'There is such a volume already'],
  session_finished: [409, 'The import session is finished'],
  precondition_failed: [412, 'The photo has changed since'],
  body_too_large: [413, 'The body is too large'],
  hotpreview_too_large: [413, 'The hotpreview is too large'],
  coldpreview_too_large: [413, 'The coldpreview is too large'],
  exif_too_large: [413, 'The EXIF dictionary is too large'],
  image_too_large: [413, 'The image is too large'],
  file_too_large: [413, 'The file is too large'],
  unsupported_media_type: [415, 'The media type is not accepted'],
  unsupported_format: [415, 'The image format is not supported'],
  validation_failed: [422, 'The request does not fit its description'],
  unknown_field: [422, 'The request has a field that does not exist'],
  cursor_invalid: [422, 'The cursor is damaged'],
  hothash_mismatch: [422, 'The hothash is not the SHA-256 of the hotpreview'],
  invalid_hotpreview: [422, 'The hotpreview is not a JPEG of at most 150 x 150 pixels'],
  invalid_coldpreview: [422, 'The coldpreview is not a JPEG'],
  preview_has_metadata: [422, 'The preview carries metadata'],
  invalid_image: [422, 'The egg says that its image is not valid'],
  path_not_allowed: [422, 'The folder is not below an import root'],
  conflicting_files: [422, 'The files of one photo contradict each other'],
  egg_version_unsupported: [422, 'The egg has a version this server does not know'],
  not_an_image: [422, 'The file is not an image'],
  image_too_small: [422, 'The image is too small'],
  corrupt_image: [422, 'The image is damaged'],
  no_preview_in_raw: [422, 'The RAW file holds no preview that can be used'],
  processing_timeout: [422, 'The image took too long'],
  rate_limited: [429, 'Too many requests'],
  internal_error: [500, 'Something went wrong'],
  busy: [503, 'The server is busy'],
  core_unreachable: [503, 'The image server does not answer'],
  storage_unavailable: [503, 'Previews cannot be stored or read at the moment'],
  not_ready: [503, 'The server is not ready'],
} as const satisfies Record<string, readonly [number, string]>

export type ErrorCode = keyof typeof errorCodes

/** RFC 9457 problem details, as every error of both servers is answered. `detail` is one sentence for a person. */
export const problem = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    detail: z.string(),
    code: z.string(),
    errors: z.array(z.object({ path: z.string(), message: z.string() })).optional(),
  })
  .meta({ id: 'Problem' })
export type Problem = z.infer<typeof problem>

/** The body of an error. `status` is given where it differs from the code's usual one. */
export function makeProblem(
  code: ErrorCode,
  detail: string,
  extra: { status?: number; errors?: Problem['errors'] } = {},
): Problem {
  const [usualStatus, title] = errorCodes[code]
  return {
    type: 'about:blank',
    title,
    status: extra.status ?? usualStatus,
    detail,
    code,
    ...(extra.errors ? { errors: extra.errors } : {}),
  }
}
