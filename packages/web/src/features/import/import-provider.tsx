import { useQueryClient } from '@tanstack/react-query'
import { type ReactNode, createContext, useContext, useEffect, useState, useSyncExternalStore } from 'react'
import { forgetPhotoLists } from '../../server/photos.ts'
import { capabilitiesQuery } from '../../server/session.ts'
import { useToast } from '../../ui/toast.tsx'
import { type FoundFile, foundInInput, titleOf, walkEntries } from './found-files.ts'
import { type ImportRun, startImport } from './import-run.ts'
import { type ImportState, isOver } from './import-state.ts'

export interface Import {
  /** The import that runs, or the last one of this visit; null when there was none. */
  readonly state: ImportState | null
  readonly isRunning: boolean
  startWithFiles(files: readonly File[]): void
  startWithEntries(entries: readonly FileSystemEntry[]): void
  cancel(): void
}

const ImportContext = createContext<Import | null>(null)

export function useImport(): Import {
  const value = useContext(ImportContext)
  if (!value) throw new Error('useImport needs an ImportProvider above it')
  return value
}

const noSubscription = () => () => {}

/** Holds the import above all pages, so that it goes on whichever of them is shown. */
export function ImportProvider({ children }: { readonly children: ReactNode }) {
  const client = useQueryClient()
  const toast = useToast()
  const [run, setRun] = useState<ImportRun | null>(null)
  const state = useSyncExternalStore(run?.subscribe ?? noSubscription, () => run?.state() ?? null)
  const isRunning = state !== null && !isOver(state)
  useWarningBeforeLeaving(isRunning)
  useEffect(() => () => run?.cancel(), [run])

  const start = (title: string, folders: AsyncIterable<FoundFile[]>) => {
    if (isRunning) return toast({ text: 'An import is running. Add more when it is done.' })
    setRun(
      startImport({
        title,
        folders,
        localCoreUrl: async () => (await client.query(capabilitiesQuery)).core.local_url,
        onProgress: () => void forgetPhotoLists(client),
      }),
    )
  }
  const value: Import = {
    state,
    isRunning,
    startWithFiles: (files) => {
      const found = foundInInput(files)
      const paths = found.flat().map(({ path }) => path)
      if (paths.length > 0) start(titleOf(paths), eachOf(found))
    },
    startWithEntries: (entries) => {
      if (entries.length > 0) start(titleOf(entries.map(({ name }) => name)), walkEntries(entries))
    },
    cancel: () => run?.cancel(),
  }
  return <ImportContext value={value}>{children}</ImportContext>
}

/** A list that is there already, as the walk through a folder gives it. */
function eachOf(found: readonly FoundFile[][]): AsyncIterable<FoundFile[]> {
  const iterator = found.values()
  return { [Symbol.asyncIterator]: () => ({ next: () => Promise.resolve(iterator.next()) }) }
}

function useWarningBeforeLeaving(isRunning: boolean): void {
  useEffect(() => {
    if (!isRunning) return
    const warn = (event: BeforeUnloadEvent) => event.preventDefault()
    window.addEventListener('beforeunload', warn)
    return () => window.removeEventListener('beforeunload', warn)
  }, [isRunning])
}
