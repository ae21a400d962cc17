import { useQuery } from '@tanstack/react-query'
import { useEffect, useEffectEvent, useRef, useState } from 'react'
import { useSearchParams } from 'react-router'
import { foundCountQuery } from '../../server/timeline.ts'
import { Page } from '../../ui/page.tsx'
import { countOf } from '../../ui/quantities.ts'
import { PhotoListView } from './photo-list-view.tsx'
import styles from './timeline.module.css'

/** So long after the last letter it is searched for. */
const PAUSE_MS = 300

/** Photos by words; the address says which. */
export function SearchPage() {
  const [params, setParams] = useSearchParams()
  const words = (params.get('q') ?? '').trim()
  const count = useQuery({ ...foundCountQuery(words), enabled: words !== '' })
  const found = count.data ?? null
  const note = words === '' ? HINT : found === null ? '\u00a0' : countOf(found, 'photo')
  return (
    <Page title={words === '' ? 'Search' : `Search: ${words}`} note={note}>
      <SearchBox words={words} onSearch={(q) => setParams(q === '' ? {} : { q }, { replace: true })} />
      {words !== '' && (
        <PhotoListView
          list={{ words }}
          name={`Photos found by ${words}`}
          none="No photo has all of these words. Try fewer of them, or the beginning of one with a * behind it."
        />
      )}
    </Page>
  )
}

const HINT =
  'By words of titles, descriptions, tags, cameras, lenses, authors and file names. "In quotes" side by side, -not, begin*.'

interface SearchBoxProps {
  readonly words: string
  onSearch(words: string): void
}

function SearchBox({ words, onSearch }: SearchBoxProps) {
  const [typed, setTyped] = useState(words)
  const [sent, setSent] = useState(words)
  // The address has changed by itself: back, forward, or to a search without words.
  if (words !== sent) {
    setSent(words)
    setTyped(words)
  }
  const search = useEffectEvent(() => {
    const wanted = typed.trim()
    if (wanted === sent) return
    setSent(wanted)
    onSearch(wanted)
  })
  useEffect(() => {
    const pause = setTimeout(search, PAUSE_MS)
    return () => clearTimeout(pause)
  }, [typed])
  const box = useRef<HTMLInputElement>(null)
  // Somebody who comes to search types at once; somebody who comes back to what was found goes on there.
  useEffect(() => {
    if (box.current?.value === '') box.current.focus()
  }, [])
  return (
    <form
      role="search"
      onSubmit={(event) => {
        event.preventDefault()
        box.current?.blur()
      }}
    >
      <input
        ref={box}
        type="search"
        className={styles.searchBox}
        aria-label="Search photos"
        placeholder="tromsø -night"
        maxLength={500}
        value={typed}
        onChange={(event) => setTyped(event.target.value)}
      />
    </form>
  )
}
