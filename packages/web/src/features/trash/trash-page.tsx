import type { Photo } from '@imalink/contract'
import { useInfiniteQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { formatTakenAt } from '../../dates/wall-clock.ts'
import { sentenceOf } from '../../server/backend.ts'
import { hotpreviewUrl, trashQuery, useDeleteForGood, useRestore } from '../../server/photos.ts'
import { Button } from '../../ui/button.tsx'
import { ConfirmDialog } from '../../ui/dialog.tsx'
import { ProblemNotice, Waiting } from '../../ui/notice.tsx'
import { Page } from '../../ui/page.tsx'
import { countOf, formatInstant } from '../../ui/quantities.ts'
import { useToast } from '../../ui/toast.tsx'
import styles from './trash.module.css'

export function TrashPage() {
  const trash = useInfiniteQuery(trashQuery)
  return (
    <Page title="Trash" note={trash.data ? note(trash.data.photos.length, trash.data.total) : '\u00a0'}>
      {trash.isPending && <Waiting />}
      {trash.isError && <ProblemNotice sentence={sentenceOf(trash.error)} onRetry={trash.refetch} />}
      {trash.data && <TrashedPhotos photos={trash.data.photos} />}
      {trash.hasNextPage && (
        <div>
          <Button disabled={trash.isFetchingNextPage} onClick={() => void trash.fetchNextPage()}>
            Show more
          </Button>
        </div>
      )}
    </Page>
  )
}

function note(shown: number, total: number | null): string {
  if (shown === 0) return 'Photos that you delete wait here.'
  return `${countOf(total ?? shown, 'photo')} that nobody but you sees. The originals on your disks are never touched.`
}

function TrashedPhotos({ photos }: { readonly photos: readonly Photo[] }) {
  const toast = useToast()
  const restore = useRestore()
  const deleteForGood = useDeleteForGood()
  const [asked, setAsked] = useState<Photo | null>(null)
  const sayWhatFailed = (error: unknown) => toast({ text: sentenceOf(error) })
  if (photos.length === 0) return <p className={styles.empty}>The trash is empty.</p>
  return (
    <>
      <ul className={styles.photos} aria-label="Photos in the trash">
        {photos.map((photo) => (
          <TrashedPhoto
            key={photo.hothash}
            photo={photo}
            onRestore={() =>
              void restore.mutateAsync(photo.hothash).then(() => toast({ text: 'Restored' }), sayWhatFailed)
            }
            onDelete={() => setAsked(photo)}
          />
        ))}
      </ul>
      {asked && (
        <ConfirmDialog
          title="Delete this photo for good?"
          action="Delete for good"
          onCancel={() => setAsked(null)}
          onConfirm={() => {
            setAsked(null)
            void deleteForGood
              .mutateAsync(asked.hothash)
              .then(() => toast({ text: 'Deleted for good' }), sayWhatFailed)
          }}
        >
          ImaLink forgets {nameOf(asked)}, its previews and everything you wrote about it. This cannot be
          undone. The original on your disk stays.
        </ConfirmDialog>
      )}
    </>
  )
}

interface TrashedPhotoProps {
  readonly photo: Photo
  onRestore(): void
  onDelete(): void
}

function TrashedPhoto({ photo, onRestore, onDelete }: TrashedPhotoProps) {
  const name = nameOf(photo)
  return (
    <li className={styles.photo}>
      <img
        className={styles.preview}
        src={hotpreviewUrl(photo.hothash)}
        alt={photo.taken_at === null ? `${name}, no date` : `${name}, ${formatTakenAt(photo.taken_at, null)}`}
        width="150"
        height="150"
        loading="lazy"
        decoding="async"
      />
      <div className={styles.name} title={name}>
        {name}
      </div>
      {photo.deleted_at !== null && (
        <div className={styles.when}>deleted {formatInstant(photo.deleted_at)}</div>
      )}
      <div className={styles.buttons}>
        <Button icon="restore" aria-label={`Restore ${name}`} onClick={onRestore}>
          Restore
        </Button>
        <Button
          kind="quiet"
          icon="trash"
          aria-label={`Delete ${name} for good`}
          title="Delete for good"
          onClick={onDelete}
        />
      </div>
    </li>
  )
}

function nameOf(photo: Photo): string {
  return photo.title ?? photo.primary_filename ?? 'a photo without a name'
}
