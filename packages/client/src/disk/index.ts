export { type DiskFile, instant, isDiskFile } from './disk-file.ts'
export { type DiskPath, diskPath, joinPath, keyOf, textOf } from './disk-path.ts'
export {
  type LeftOut,
  type LeftOutFile,
  type UnreadableFolder,
  addLeftOut,
  nothingLeftOut,
} from './left-out.ts'
export { pathOfText } from './path-of-text.ts'
export { isSystemError, reasonOf } from './read-errors.ts'
export type { FoundFile, Place } from './read-folder.ts'
export { type Root, RootError, findRoots } from './roots.ts'
export { type DiskScan, type ScanOptions, scanDisk, scanThread, startScan } from './scan-disk.ts'
export type { Memory, Recalled, RecalledFile, ScanNews } from './scan-news.ts'
export { serveScan } from './serve-scan.ts'
export { volumeOf } from './volume.ts'
