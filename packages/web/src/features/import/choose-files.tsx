import { FileButton } from '../../ui/button.tsx'
import { Icon } from '../../ui/icon.tsx'
import styles from './import.module.css'
import { useImport } from './import-provider.tsx'

/** Says how photos come in, and takes them. `onStart` is called when something was chosen. */
export function ChooseFiles({ onStart }: { onStart?(): void }) {
  const { startWithFiles, isRunning } = useImport()
  const begin = (files: readonly File[]) => {
    startWithFiles(files)
    if (files.length > 0) onStart?.()
  }
  if (isRunning) return null
  return (
    <div className={styles.choose}>
      <Icon name="import" size={44} />
      <p className={styles.chooseLead}>Drop a folder of photos anywhere on this page</p>
      <div className={styles.chooseButtons}>
        <FileButton kind="primary" icon="folder" picks="folder" onFiles={begin}>
          Choose a folder
        </FileButton>
        <FileButton icon="files" picks="files" onFiles={begin}>
          Choose files
        </FileButton>
      </div>
      <p className={styles.chooseNote}>
        Your originals stay where they are, untouched. ImaLink keeps small previews, what the camera wrote,
        and where each original is.
      </p>
    </div>
  )
}
