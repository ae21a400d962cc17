import { useEffect, useEffectEvent } from 'react'

/**
 * Calls `onKey` for keys pressed anywhere on the page, but not while someone types, chooses from a list, answers a
 * dialog, or holds a modifier that belongs to the browser. It answers true for a key it used, which then does nothing else.
 */
export function usePageKeys(onKey: (event: KeyboardEvent) => boolean): void {
  const handle = useEffectEvent((event: KeyboardEvent) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || isElsewhere(event)) return
    if (onKey(event)) event.preventDefault()
  })
  useEffect(() => {
    const listener = (event: KeyboardEvent) => handle(event)
    window.addEventListener('keydown', listener)
    return () => window.removeEventListener('keydown', listener)
  }, [])
}

function isElsewhere({ target }: KeyboardEvent): boolean {
  return target instanceof Element && target.closest('input, select, textarea, dialog') !== null
}
