import { type ReactNode, createContext, useCallback, useContext, useEffect, useState } from 'react'
import styles from './toast.module.css'

const SHOWN_MS = 8_000

export interface Toast {
  readonly text: string
  readonly action?: { readonly label: string; run(): void }
}

const ToastContext = createContext<((toast: Toast) => void) | null>(null)

/** Shows a sentence at the foot of the page for eight seconds, the latest instead of the one before. */
export function useToast(): (toast: Toast) => void {
  const show = useContext(ToastContext)
  if (!show) throw new Error('useToast needs a ToastProvider above it')
  return show
}

export function ToastProvider({ children }: { readonly children: ReactNode }) {
  const [toast, setToast] = useState<Toast | null>(null)
  const hide = useCallback(() => setToast(null), [])
  return (
    <ToastContext value={setToast}>
      {children}
      <div className={styles.place} role="status">
        {toast && <ShownToast toast={toast} onDone={hide} />}
      </div>
    </ToastContext>
  )
}

function ShownToast({ toast, onDone }: { readonly toast: Toast; onDone(): void }) {
  useEffect(() => {
    const timer = setTimeout(onDone, SHOWN_MS)
    return () => clearTimeout(timer)
  }, [toast, onDone])
  const { text, action } = toast
  return (
    <div className={styles.toast}>
      <span>{text}</span>
      {action && (
        <button
          type="button"
          className={styles.action}
          onClick={() => {
            action.run()
            onDone()
          }}
        >
          {action.label}
        </button>
      )}
    </div>
  )
}
