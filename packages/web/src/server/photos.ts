import { type Photo, endpoints } from '@imalink/contract'
import {
  type QueryClient,
  infiniteQueryOptions,
  queryOptions,
  useMutation,
  useQueryClient,
} from '@tanstack/react-query'
import { ask, backend } from './backend.ts'
import { timelineKey } from './timeline.ts'

const TRASH_A_PAGE = 100

const trashKey = ['trash']

export function photoQuery(hothash: string) {
  return queryOptions({
    queryKey: ['photo', hothash],
    queryFn: ({ signal }) => ask(endpoints.getPhoto, { params: { ref: hothash } }, signal),
  })
}

export function importSessionQuery(id: number) {
  return queryOptions({
    queryKey: ['import-session', id],
    queryFn: ({ signal }) => ask(endpoints.getImportSession, { params: { id } }, signal),
  })
}

export const trashQuery = infiniteQueryOptions({
  queryKey: trashKey,
  queryFn: ({ signal, pageParam }) =>
    ask(
      endpoints.listTrash,
      { query: { limit: String(TRASH_A_PAGE), ...(pageParam === null ? {} : { cursor: pageParam }) } },
      signal,
    ),
  // The cursor of the first page is that there is none.
  initialPageParam: null as string | null,
  getNextPageParam: (page) => page.meta.next_cursor,
  select: ({ pages }) => ({
    photos: pages.flatMap((page) => page.data),
    total: pages[0]?.meta.total ?? null,
  }),
})

/** The thumbnail, at most 150 px; its bytes never change. */
export function hotpreviewUrl(hothash: string): string {
  return `${backend.baseUrl}/photos/${hothash}/hotpreview`
}

/** A photo came or went: every count and list may be another. */
export async function forgetPhotoLists(client: QueryClient): Promise<void> {
  await Promise.all([
    client.invalidateQueries({ queryKey: timelineKey }),
    client.invalidateQueries({ queryKey: trashKey }),
  ])
}

export function useMoveToTrash() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (hothash: string) => ask(endpoints.deletePhoto, { params: { ref: hothash } }),
    onSuccess: (_, hothash) => {
      client.removeQueries({ queryKey: photoQuery(hothash).queryKey, type: 'inactive' })
      return forgetPhotoLists(client)
    },
  })
}

export function useRestore() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (hothash: string): Promise<Photo> =>
      ask(endpoints.restorePhoto, { params: { ref: hothash } }),
    onSuccess: (photo) => {
      client.setQueryData(photoQuery(photo.hothash).queryKey, photo)
      return forgetPhotoLists(client)
    },
  })
}

export function useDeleteForGood() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (hothash: string) =>
      ask(endpoints.deletePhoto, { params: { ref: hothash }, query: { permanent: 'true' } }),
    onSuccess: () => forgetPhotoLists(client),
  })
}
