import { sentenceOf } from './backend.ts'
import { useMoveToTrash, useRestore } from './photos.ts'

type Say = (message: { text: string; action?: { label: string; run(): void } }) => void

/** Moves a photo to the trash and says so, with a way back. */
export function useTrashWithUndo(say: Say): (hothash: string) => void {
  const move = useMoveToTrash()
  const restore = useRestore()
  const sayWhatFailed = (error: unknown) => say({ text: sentenceOf(error) })
  const undo = (hothash: string) => {
    restore.mutateAsync(hothash).then(() => say({ text: 'Restored' }), sayWhatFailed)
  }
  return (hothash) => {
    move
      .mutateAsync(hothash)
      .then(
        () => say({ text: 'Moved to trash', action: { label: 'Undo', run: () => undo(hothash) } }),
        sayWhatFailed,
      )
  }
}
