import { type ReactNode, createContext, useContext, useState } from 'react'

/** Keeps the hothash of the photo that was open last: a grid gives it the focus when the viewer comes back. */
export interface LastViewed {
  remember(hothash: string): void
  recall(): string | null
  forget(): void
}

const LastViewedContext = createContext<LastViewed | null>(null)

export function useLastViewed(): LastViewed {
  const lastViewed = useContext(LastViewedContext)
  if (!lastViewed) throw new Error('useLastViewed needs a LastViewedProvider above it')
  return lastViewed
}

export function LastViewedProvider({ children }: { readonly children: ReactNode }) {
  const [lastViewed] = useState(createLastViewed)
  return <LastViewedContext value={lastViewed}>{children}</LastViewedContext>
}

function createLastViewed(): LastViewed {
  let kept: string | null = null
  return {
    remember: (hothash) => {
      kept = hothash
    },
    recall: () => kept,
    forget: () => {
      kept = null
    },
  }
}
