import { type RefObject, useLayoutEffect, useState } from 'react'

/**
 * Width in px of an element that fills the page's main column. It is known in the first render already, so that a page
 * that is returned to has its height when the browser puts the scroll position back.
 */
export function useContentWidth(element: RefObject<HTMLElement | null>): number {
  const [width, setWidth] = useState(mainColumnWidth)
  useLayoutEffect(() => {
    if (!element.current) return
    const observer = new ResizeObserver(([entry]) => {
      if (entry) setWidth(entry.contentRect.width)
    })
    observer.observe(element.current)
    return () => observer.disconnect()
  }, [element])
  return width
}

function mainColumnWidth(): number {
  const main = document.querySelector('main')
  if (!main) return window.innerWidth
  const { paddingLeft, paddingRight } = getComputedStyle(main)
  return main.clientWidth - Number.parseFloat(paddingLeft) - Number.parseFloat(paddingRight)
}
