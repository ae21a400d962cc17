import { useInfiniteQuery } from '@tanstack/react-query'
import { type PhotoList, listPath } from '../../dates/period.ts'
import { sentenceOf } from '../../server/backend.ts'
import { photosQuery } from '../../server/timeline.ts'
import { useTrashWithUndo } from '../../server/trash-with-undo.ts'
import { ProblemNotice, Waiting } from '../../ui/notice.tsx'
import { useToast } from '../../ui/toast.tsx'
import { PhotoGrid } from './photo-grid.tsx'
import styles from './timeline.module.css'

interface PhotoListViewProps {
  readonly list: PhotoList
  /** What a screen reader calls the grid. */
  readonly name: string
  /** What is said where there are none. */
  readonly none?: string
}

export function PhotoListView({ list, name, none = 'No photos here.' }: PhotoListViewProps) {
  const photos = useInfiniteQuery(photosQuery(list))
  const trash = useTrashWithUndo(useToast())
  if (photos.isPending) return <Waiting />
  if (photos.isError && !photos.data) {
    return <ProblemNotice sentence={sentenceOf(photos.error)} onRetry={photos.refetch} />
  }
  if (photos.data.length === 0) return <p className={styles.none}>{none}</p>
  return (
    <>
      <PhotoGrid
        key={listPath(list)}
        name={name}
        photos={photos.data}
        list={list}
        onTrash={trash}
        onNearEnd={() => {
          if (photos.hasNextPage && !photos.isFetching) void photos.fetchNextPage()
        }}
      />
      {photos.isFetchNextPageError && (
        <ProblemNotice sentence={sentenceOf(photos.error)} onRetry={photos.fetchNextPage} />
      )}
    </>
  )
}
