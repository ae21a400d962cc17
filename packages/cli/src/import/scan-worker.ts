import { serveScan } from '@imalink/client/disk'
import { type MemoryKey, journalMemory } from '../journal/journal-memory.ts'

// `runImport` gives what is given here.
serveScan((key) => (key === null ? null : journalMemory(key as MemoryKey)))
