import { useQuery } from '@tanstack/react-query'
import { type ReactNode, useEffect } from 'react'
import { useLocation, useNavigate, useParams } from 'react-router'
import { listOfPhoto, listPath } from '../../dates/period.ts'
import { readViewing } from '../../dates/viewing.ts'
import { formatTakenAt } from '../../dates/wall-clock.ts'
import { isMissing, sentenceOf } from '../../server/backend.ts'
import { photoQuery } from '../../server/photos.ts'
import { useTrashWithUndo } from '../../server/trash-with-undo.ts'
import { usePageKeys } from '../../ui/keys.ts'
import { useLastViewed } from '../../ui/last-viewed.tsx'
import { ProblemNotice } from '../../ui/notice.tsx'
import { PageTitle } from '../../ui/page.tsx'
import { useToast } from '../../ui/toast.tsx'
import { Details } from './details.tsx'
import { type Neighbour, usePlace } from './neighbours.ts'
import { useDetailsShown } from './details-shown.ts'
import styles from './photo.module.css'
import { Stage } from './stage.tsx'

/** One photo, large, with the photos of its day to the left and right of it. */
export function PhotoPage({ whenMissing }: { readonly whenMissing: ReactNode }) {
  const { hothash = '' } = useParams()
  const photo = useQuery(photoQuery(hothash))
  const viewing = readViewing(useLocation().state)
  const list = viewing?.list ?? (photo.data ? listOfPhoto(photo.data.taken_at) : null)
  const place = usePlace(hothash, list)
  const lastViewed = useLastViewed()
  useEffect(() => lastViewed.remember(hothash), [lastViewed, hothash])

  const navigate = useNavigate()
  const openedFrom = viewing?.openedFrom ?? null
  const go = (to: Neighbour) =>
    void navigate(`/photo/${to.photo.hothash}`, {
      replace: true,
      // At once, so that every press of a held key is a photo.
      flushSync: true,
      state: { list: to.list, openedFrom },
    })
  const close = () => {
    const back = list === null ? '/' : listPath(list)
    // Back, not on: the page that it was opened from is still where it was scrolled to.
    void (openedFrom === back ? navigate(-1) : navigate(back, { replace: true }))
  }
  const moveToTrash = useTrashWithUndo(useToast())
  const trash = () => {
    const neighbour = place.next ?? place.previous
    if (neighbour) go(neighbour)
    else close()
    moveToTrash(hothash)
  }
  const [detailsShown, toggleDetails] = useDetailsShown()
  usePageKeys(({ key }) => {
    if (key === 'Escape') close()
    else if (key === 'i') toggleDetails()
    else if (key === 'Delete') trash()
    else return false
    return true
  })

  if (photo.isError && isMissing(photo.error)) return whenMissing
  const when = photo.data?.taken_at ?? place.photo?.takenAt ?? null
  const title = when === null ? 'Photo' : formatTakenAt(when, null)
  const shown = place.photo ?? (photo.data ? asGridPhoto(photo.data) : null)
  return (
    <div className={styles.page}>
      <PageTitle title={title} />
      <Stage
        title={title}
        photo={shown}
        place={place}
        detailsShown={detailsShown}
        onGo={go}
        onClose={close}
        onTrash={trash}
        onToggleDetails={toggleDetails}
      />
      {detailsShown && photo.data && <Details photo={photo.data} />}
      {photo.isError && (
        <div className={styles.problem}>
          <ProblemNotice sentence={sentenceOf(photo.error)} onRetry={photo.refetch} />
        </div>
      )}
    </div>
  )
}

interface WholePhoto {
  readonly hothash: string
  readonly width: number
  readonly height: number
  readonly taken_at: string | null
  readonly has_coldpreview: boolean
}

function asGridPhoto({ hothash, width, height, taken_at, has_coldpreview }: WholePhoto) {
  return { hothash, ratio: width / height, takenAt: taken_at, hasColdpreview: has_coldpreview }
}
