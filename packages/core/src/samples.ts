import type { Metadata } from 'sharp'
import { jpegFrame } from './jpeg-frame.ts'
import { Refusal } from './refusal.ts'

/** Throws `unsupported_format` for what no decoder here reads: 12 bits a sample, and frames that refine one another. */
export function checkJpegSamples(bytes: Buffer): void {
  const frame = jpegFrame(bytes)
  if (frame && frame.bitsPerSample !== 8 && frame.coding !== 'lossless')
    refuse(`The file is a JPEG with ${frame.bitsPerSample} bits a sample; 8 are supported.`)
  if (frame?.coding === 'hierarchical')
    refuse('The file is a hierarchical JPEG; baseline, progressive and lossless ones are supported.')
}

/** Throws `unsupported_format`: numbers that aren't light from black to white have no one way to be shown. */
export function checkTiffSamples(depth: Metadata['depth']): void {
  if (depth === 'uchar' || depth === 'ushort') return
  refuse(
    `The file is a TIFF with ${sampleNames[depth ?? ''] ?? 'unusual'} samples; 8 and 16 bits are supported.`,
  )
}

const sampleNames: Readonly<Record<string, string>> = {
  char: 'signed',
  short: 'signed',
  int: 'signed',
  uint: '32-bit',
  float: 'floating-point',
  double: 'floating-point',
  complex: 'complex',
  dpcomplex: 'complex',
}

function refuse(sentence: string): never {
  throw new Refusal('unsupported_format', sentence)
}
