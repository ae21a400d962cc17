import { useState } from 'react'

const KEY = 'imalink.details-shown'

/** Whether the details are shown; the browser keeps it from photo to photo and from visit to visit. */
export function useDetailsShown(): [boolean, () => void] {
  const [isShown, setShown] = useState(() => localStorage.getItem(KEY) === 'yes')
  const toggle = () => {
    localStorage.setItem(KEY, isShown ? 'no' : 'yes')
    setShown(!isShown)
  }
  return [isShown, toggle]
}
