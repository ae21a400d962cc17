import { useEffect, useEffectEvent, useState } from 'react'
import { Icon } from '../../ui/icon.tsx'
import { entriesOf } from './found-files.ts'
import styles from './import.module.css'
import { useImport } from './import-provider.tsx'

/** Takes folders and files dropped anywhere on the page, and shows that it would. */
export function DropAnywhere({ onStart }: { onStart(): void }) {
  const { startWithEntries } = useImport()
  const isOver = useFileDrop((transfer) => {
    startWithEntries(entriesOf(transfer))
    onStart()
  })
  if (!isOver) return null
  return (
    <div className={styles.dropVeil} aria-hidden="true">
      <div className={styles.dropSign}>
        <Icon name="import" size={40} />
        Drop to import
      </div>
    </div>
  )
}

/** Whether files are held over the page. */
function useFileDrop(onDrop: (transfer: DataTransfer) => void): boolean {
  // Enter and leave come for every element on the way: the page is left when all of them are.
  const [depth, setDepth] = useState(0)
  const drop = useEffectEvent(onDrop)
  useEffect(() => {
    const listen = listeners(setDepth, (transfer) => drop(transfer))
    for (const [name, listener] of listen) window.addEventListener(name, listener)
    return () => {
      for (const [name, listener] of listen) window.removeEventListener(name, listener)
    }
  }, [])
  return depth > 0
}

type DragListener = (event: DragEvent) => void

function listeners(
  setDepth: (change: (depth: number) => number) => void,
  onDrop: (transfer: DataTransfer) => void,
): [name: 'dragenter' | 'dragover' | 'dragleave' | 'drop', listener: DragListener][] {
  const ifFiles =
    (react: (transfer: DataTransfer) => void): DragListener =>
    (event) => {
      if (!event.dataTransfer?.types.includes('Files')) return
      event.preventDefault()
      react(event.dataTransfer)
    }
  return [
    ['dragenter', ifFiles(() => setDepth((depth) => depth + 1))],
    ['dragleave', ifFiles(() => setDepth((depth) => Math.max(0, depth - 1)))],
    [
      'dragover',
      ifFiles((transfer) => {
        transfer.dropEffect = 'copy'
      }),
    ],
    [
      'drop',
      ifFiles((transfer) => {
        setDepth(() => 0)
        onDrop(transfer)
      }),
    ],
  ]
}
