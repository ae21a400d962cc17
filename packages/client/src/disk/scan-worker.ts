import { serveScan } from './serve-scan.ts'

serveScan()
