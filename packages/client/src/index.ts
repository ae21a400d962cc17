export * from './client.ts'
export * from './core.ts'
export * from './import.ts'
export { importFiles } from './import/import-files.ts'
