import type { Reply } from '../test-app.ts'
import type { Cast, CastPhoto, Viewer } from './cast.ts'
import type { EndpointName } from './matrix.ts'
import { type AnEgg, aJpeg, anEgg } from '../an-egg.ts'

/** A path on which a photo is changed: an attempt on one of the cast. */
export interface WritingPath {
  /** Where a photo must lie for its owner to find it. */
  readonly reaches: 'live' | 'trash' | 'both'
  attempt(viewer: Viewer, photo: CastPhoto): Promise<Reply>
}

const at = ({ id }: CastPhoto) => `/api/v1/photos/${id}`

export const writingPaths = {
  deletePhoto: {
    reaches: 'live',
    attempt: ({ caller }, photo) => caller.delete(at(photo)),
  },
  restorePhoto: {
    reaches: 'trash',
    attempt: ({ caller }, photo) => caller.post(`${at(photo)}/restore`),
  },
  addPhotoFile: {
    reaches: 'both',
    attempt: ({ caller }, photo) =>
      caller.post(`${at(photo)}/files`, { filename: 'added.jpg', file_path: '/added.jpg' }),
  },
  editPhoto: {
    reaches: 'live',
    attempt: ({ caller }, photo) => caller.patch(at(photo), { category: 'taken over' }),
  },
  putPhoto: {
    reaches: 'live',
    attempt: ({ caller }, photo) => caller.put(at(photo), { category: 'taken over' }),
  },
  correctTimeloc: {
    reaches: 'live',
    attempt: ({ caller }, photo) =>
      caller.patch(`${at(photo)}/timeloc-correction`, { correction_reason: 'x' }),
  },
  correctView: {
    reaches: 'live',
    attempt: ({ caller }, photo) => caller.patch(`${at(photo)}/view-correction`, { rotation: 90 }),
  },
  editPhotos: {
    reaches: 'live',
    attempt: ({ caller }, photo) =>
      caller.post('/api/v1/photos/batch', { photos: [photo.id], set: { category: 'taken over' } }),
  },
  addPhotoTags: {
    reaches: 'live',
    attempt: ({ caller }, photo) => caller.post(`${at(photo)}/tags`, { tags: ['taken over'] }),
  },
  removePhotoTag: {
    reaches: 'live',
    async attempt({ caller }, photo) {
      await caller.post(`${at(photo)}/tags`, { tags: ['for a moment'] })
      return caller.delete(`${at(photo)}/tags/for%20a%20moment`)
    },
  },
  putColdpreview: {
    reaches: 'live',
    attempt: ({ caller }, photo) => caller.upload(`${at(photo)}/coldpreview`, aJpeg('another picture')),
  },
  deleteColdpreview: {
    reaches: 'live',
    attempt: ({ caller }, photo) => caller.delete(`${at(photo)}/coldpreview`),
  },
} satisfies Partial<Record<EndpointName, WritingPath>>

/** A path to something else that somebody owns: for everybody else it does not exist. */
export type BelongingPath = (viewer: Viewer, cast: Cast) => Promise<Reply>

const session = ({ session: { id } }: Cast) => `/api/v1/import-sessions/${id}`

export const belongings = {
  getImportSession: ({ caller }, cast) => caller.get(session(cast)),
  watchImportSession: ({ caller }, cast) => caller.get(`${session(cast)}/events`),
  updateImportSession: ({ caller }, cast) => caller.patch(session(cast), { title: 'taken over' }),
  reportImportErrors: ({ caller }, cast) =>
    caller.post(`${session(cast)}/errors`, { errors: [{ filename: 'a', code: 'b', detail: 'c' }] }),
  deleteImportSession: ({ caller }, cast) => caller.delete(session(cast)),
  updateVolume: ({ caller }, cast) =>
    caller.put(`/api/v1/originals/volumes/${cast.volumeId}`, { label: 'taken over' }),
  exportStory: ({ caller }, { draftId }) => caller.get(`/api/v1/phototext/${draftId}/export`),
  putStory: ({ caller }, { draftId }) => caller.put(`/api/v1/phototext/${draftId}`, { title: 'taken over' }),
  patchStory: ({ caller }, { draftId }) =>
    caller.patch(`/api/v1/phototext/${draftId}`, { title: 'taken over' }),
  deleteStory: ({ caller }, { draftId }) => caller.delete(`/api/v1/phototext/${draftId}`),
  putCollection: ({ caller }, { collectionId }) =>
    caller.put(`/api/v1/collections/${collectionId}`, { name: 'taken over' }),
  patchCollection: ({ caller }, { collectionId }) =>
    caller.patch(`/api/v1/collections/${collectionId}`, { name: 'taken over' }),
  getCollection: ({ caller }, { collectionId }) => caller.get(`/api/v1/collections/${collectionId}`),
  deleteCollection: ({ caller }, { collectionId }) => caller.delete(`/api/v1/collections/${collectionId}`),
  addCollectionPhotos: ({ caller }, { collectionId, photos: [photo] }) =>
    caller.post(`/api/v1/collections/${collectionId}/photos`, { hothashes: [photo?.hothash] }),
  removeCollectionPhotos: ({ caller }, { collectionId, photos: [photo] }) =>
    caller.delete(`/api/v1/collections/${collectionId}/photos`, undefined, { hothashes: [photo?.hothash] }),
  reorderCollection: ({ caller }, { collectionId, photos: [photo] }) =>
    caller.put(`/api/v1/collections/${collectionId}/photos/reorder`, {
      hothash: photo?.hothash,
      after: null,
    }),
  captionCollectionPhoto: ({ caller }, { collectionId, photos: [photo] }) =>
    caller.patch(`/api/v1/collections/${collectionId}/photos/${photo?.hothash}`, { caption: 'taken over' }),
  getSpace: ({ caller }, { spaceId }) => caller.get(`/api/v1/spaces/${spaceId}`),
  updateSpace: ({ caller }, { spaceId }) => caller.put(`/api/v1/spaces/${spaceId}`, { name: 'taken over' }),
  deleteSpace: ({ caller }, { spaceId }) => caller.delete(`/api/v1/spaces/${spaceId}`),
  listSpaceMembers: ({ caller }, { spaceId }) => caller.get(`/api/v1/spaces/${spaceId}/members`),
  updateSpaceMember: ({ caller }, { spaceId, ownerId }) =>
    caller.patch(`/api/v1/spaces/${spaceId}/members/${ownerId}`, { role: 'viewer' }),
  removeSpaceMember: ({ caller }, { spaceId, ownerId }) =>
    caller.delete(`/api/v1/spaces/${spaceId}/members/${ownerId}`),
  listSpaceInvitations: ({ caller }, { spaceId }) => caller.get(`/api/v1/spaces/${spaceId}/invitations`),
  inviteToSpace: ({ caller }, { spaceId }) =>
    caller.post(`/api/v1/spaces/${spaceId}/invitations`, { username: 'otto' }),
  deleteSpaceInvitation: ({ caller }, { spaceId, invitationId }) =>
    caller.delete(`/api/v1/spaces/${spaceId}/invitations/${invitationId}`),
  addSpacePhotos: ({ caller }, { spaceId, photos: [photo] }) =>
    caller.post(`/api/v1/spaces/${spaceId}/photos`, { photos: [photo?.id] }),
  removeSpacePhotos: ({ caller }, { spaceId, photos: [photo] }) =>
    caller.delete(`/api/v1/spaces/${spaceId}/photos`, undefined, { photos: [photo?.id] }),
  undo: ({ caller }, { undoToken }) => caller.post(`/api/v1/undo/${undoToken}`),
  renameTag: ({ caller }, { tagId }) => caller.put(`/api/v1/tags/${tagId}`, { new_name: 'taken over' }),
  deleteTag: ({ caller }, { tagId }) => caller.delete(`/api/v1/tags/${tagId}`),
  updateStack: ({ caller }, { stackId }) =>
    caller.put(`/api/v1/photo-stacks/${stackId}`, { stack_type: 'burst' }),
  deleteStack: ({ caller }, { stackId }) => caller.delete(`/api/v1/photo-stacks/${stackId}`),
  addToStack: ({ caller }, { stackId, photos: [photo] }) =>
    caller.post(`/api/v1/photo-stacks/${stackId}/photo`, { photo_hothash: photo?.hothash }),
  removeFromStack: ({ caller }, { stackId, photos: [photo] }) =>
    caller.delete(`/api/v1/photo-stacks/${stackId}/photo/${photo?.hothash}`),
  getAuthor: ({ caller }, { authorId }) => caller.get(`/api/v1/authors/${authorId}`),
  updateAuthor: ({ caller }, { authorId }) =>
    caller.put(`/api/v1/authors/${authorId}`, { name: 'taken over' }),
  deleteAuthor: ({ caller }, { authorId }) => caller.delete(`/api/v1/authors/${authorId}`),
  getSavedSearch: ({ caller }, { searchId }) => caller.get(`/api/v1/photo-searches/${searchId}`),
  updateSavedSearch: ({ caller }, { searchId }) =>
    caller.put(`/api/v1/photo-searches/${searchId}`, { name: 'taken over' }),
  deleteSavedSearch: ({ caller }, { searchId }) => caller.delete(`/api/v1/photo-searches/${searchId}`),
  executeSavedSearch: ({ caller }, { searchId }) =>
    caller.post(`/api/v1/photo-searches/${searchId}/execute`, {}),
  endSession: ({ caller }, cast) => caller.delete(`/api/v1/users/me/sessions/${cast.sessionId}`),
  deleteApiKey: ({ caller }, cast) => caller.delete(`/api/v1/users/me/api-keys/${cast.keyId}`),
} satisfies Partial<Record<EndpointName, BelongingPath>>

/** Lists of what somebody owns besides photos: what is the cast's owner's has a `secret` name in each. */
export const ownLists = {
  listImportSessions: '/api/v1/import-sessions',
  listVolumes: '/api/v1/originals/volumes',
  listCollections: '/api/v1/collections',
  listSpaces: '/api/v1/spaces',
  listStories: '/api/v1/phototext',
  listTags: '/api/v1/tags',
  completeTag: '/api/v1/tags/autocomplete?q=sec',
  listAuthors: '/api/v1/authors',
  listSavedSearches: '/api/v1/photo-searches',
  listApiKeys: '/api/v1/users/me/api-keys',
  listSessions: '/api/v1/users/me/sessions',
} as const satisfies Partial<Record<EndpointName, string>>

/** A path that makes photos of the caller's own: of the same picture as one of the cast, and into what is the owner's. */
export interface MakingPath {
  /** Sends the same egg as the cast's photo. Answers whether a photo was made or found. */
  same(viewer: Viewer, photo: CastPhoto): Promise<Reply>
  /** Sends an egg into an import of the owner's. */
  into(viewer: Viewer, cast: Cast): Promise<Reply>
}

const alike = ({ seed }: CastPhoto) => anEgg({ seed })

/** The same as an egg, as it was said before there were any. */
const asLegacy = ({ hotpreview_base64, width, height }: AnEgg, wishes: object = {}) => ({
  ...{ filename: 'legacy.jpg', hotpreview: hotpreview_base64, width, height },
  ...wishes,
})

export const makingPaths = {
  createLegacyPhoto: {
    same: ({ caller }, photo) => caller.post('/api/v1/photos', asLegacy(alike(photo))),
    into: ({ caller }, { session: { id } }) =>
      caller.post('/api/v1/photos', asLegacy(anEgg(), { import_session_id: id })),
  },
  createLegacyPhotoToo: {
    same: ({ caller }, photo) => caller.post('/api/v1/photos/new-photo', asLegacy(alike(photo))),
    into: ({ caller }, { session: { id } }) =>
      caller.post('/api/v1/photos/new-photo', asLegacy(anEgg(), { import_session_id: id })),
  },
  createPhoto: {
    same: ({ caller }, photo) => caller.post('/api/v1/photos/photoegg', alike(photo)),
    into: ({ caller }, { session: { id } }) =>
      caller.post('/api/v1/photos/photoegg', anEgg({ import_session_id: id })),
  },
  createPhotos: {
    same: ({ caller }, photo) => caller.post('/api/v1/photos/photoegg/batch', { photos: [alike(photo)] }),
    into: ({ caller }, { session: { id } }) =>
      caller.post('/api/v1/photos/photoegg/batch', { photos: [anEgg({ import_session_id: id })] }),
  },
} satisfies Partial<Record<EndpointName, MakingPath>>
