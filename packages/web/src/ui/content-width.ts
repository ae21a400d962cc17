import { type RefObject, useLayoutEffect, useState } from 'react'

/**
 * Width in px of an element that fills the page's main column. It is known in the first render already, so that a page
 * that is returned to has its height when the browser puts the scroll position back.
 */
export function useContentWidth(element: RefObject<HTMLElement | null>): number {
  const [width, setWidth] = useState(expectedWidth)
  useLayoutEffect(() => {
    if (!element.current) return
    const observer = new ResizeObserver(([entry]) => {
      if (!entry) return
      known = { window: window.innerWidth, width: entry.contentRect.width }
      setWidth(known.width)
    })
    observer.observe(element.current)
    return () => observer.disconnect()
  }, [element])
  return width
}

/** What was measured last, as long as the window is as wide as it was. */
let known = { window: 0, width: 0 }

function expectedWidth(): number {
  return known.window === window.innerWidth ? known.width : mainColumnWidth()
}

function mainColumnWidth(): number {
  const main = document.querySelector('main')
  if (!main) return window.innerWidth
  const { paddingLeft, paddingRight } = getComputedStyle(main)
  return main.clientWidth - Number.parseFloat(paddingLeft) - Number.parseFloat(paddingRight)
}
