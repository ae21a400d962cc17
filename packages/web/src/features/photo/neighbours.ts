import { useInfiniteQuery, useQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect } from 'react'
import { type PhotoList, isFound } from '../../dates/period.ts'
import {
  type Direction,
  type GridPhoto,
  bucketsQuery,
  foundCountQuery,
  photoBeyondQuery,
  photosQuery,
} from '../../server/timeline.ts'

export interface Neighbour {
  readonly photo: GridPhoto
  /** The list it is in: the next day's where this one ends. */
  readonly list: PhotoList
}

export interface Place {
  readonly photo: GridPhoto | null
  readonly previous: Neighbour | null
  readonly next: Neighbour | null
  /** Counted from 1; null until the list is there. */
  readonly position: number | null
  /** Photos in the list; null until it is known. */
  readonly count: number | null
}

const PHOTOS_BEFORE_END = 3

/** Where a photo is in its list, and which ones are beside it, in this day or the next with photos. */
export function usePlace(hothash: string, list: PhotoList | null): Place {
  const query = useInfiniteQuery({ ...photosQuery(list ?? 'undated'), enabled: list !== null })
  const photos = query.data ?? []
  const index = photos.findIndex((photo) => photo.hothash === hothash)
  const { hasNextPage, isFetching, isError, fetchNextPage } = query
  const needsMore = hasNextPage && !isError && (index === -1 || index >= photos.length - PHOTOS_BEFORE_END)
  useEffect(() => {
    if (needsMore && !isFetching) void fetchNextPage()
  }, [needsMore, isFetching, fetchNextPage])
  const newer = usePhotoBeyond(list, 'newer', index === 0)
  const older = usePhotoBeyond(list, 'older', index !== -1 && index === photos.length - 1 && !hasNextPage)
  const count = useCount(list)
  const inList = (at: number): Neighbour | null => {
    const photo = index === -1 ? undefined : photos[at]
    return photo && list !== null ? { photo, list } : null
  }
  return {
    photo: photos[index] ?? null,
    previous: inList(index - 1) ?? newer,
    next: inList(index + 1) ?? older,
    position: index === -1 ? null : index + 1,
    count,
  }
}

function useCount(list: PhotoList | null): number | null {
  const words = list !== null && list !== 'undated' && isFound(list) ? list.words : null
  const day = list === null || list === 'undated' || isFound(list) ? {} : list
  const found = useQuery({ ...foundCountQuery(words ?? ''), enabled: words !== null })
  const buckets = useQuery({ ...bucketsQuery(day), enabled: list !== null && words === null })
  if (words !== null) return found.data ?? null
  if (!buckets.data) return null
  return list === 'undated' ? buckets.data.meta.undated : buckets.data.meta.total_photos
}

function usePhotoBeyond(list: PhotoList | null, direction: Direction, isAtEdge: boolean): Neighbour | null {
  const client = useQueryClient()
  const day = list === null || list === 'undated' || isFound(list) ? null : list
  const { data } = useQuery({
    ...photoBeyondQuery(client, day ?? { year: 0, month: 0, day: 0 }, direction),
    enabled: day !== null && isAtEdge,
  })
  return isAtEdge && day !== null ? (data ?? null) : null
}
