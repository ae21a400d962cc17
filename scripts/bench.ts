import { globSync, writeFileSync } from 'node:fs'
import { basename, join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { folderOfUser, root } from './launch.mjs'
import type { Measurement } from './measurement.ts'

/**
 * `bench [part …] [--json FILE]`: runs the named parts, or all. A part is a file `bench-<part>.ts` in the `bench` folder
 * of a package or of the tests that exports `bench<Part>()`, which answers measurements.
 */
export async function bench(args: readonly string[]): Promise<void> {
  const { positionals, values } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: { json: { type: 'string' } },
  })
  const files = filesByPart()
  const wanted = positionals.length > 0 ? positionals : [...files.keys()].sort()
  const unknown = wanted.find((part) => !files.has(part))
  if (unknown !== undefined || wanted.length === 0) {
    process.stderr.write(
      `There is no benchmark "${unknown ?? ''}"; there are: ${[...files.keys()].join(', ')}.\n`,
    )
    process.exit(1)
  }
  const measurements: Measurement[] = []
  for (const part of wanted) measurements.push(...(await runPart(part, files.get(part) ?? '')))
  process.stdout.write(table(measurements))
  if (values.json !== undefined)
    writeFileSync(resolve(folderOfUser(), values.json), `${JSON.stringify(measurements, null, 2)}\n`)
}

function filesByPart(): Map<string, string> {
  const files = globSync('{packages/*,tests}/bench/bench-*.ts', { cwd: root })
  return new Map(files.map((file) => [basename(file, '.ts').slice('bench-'.length), join(root, file)]))
}

async function runPart(part: string, file: string): Promise<readonly Measurement[]> {
  process.stderr.write(`Measuring ${part} …\n`)
  const module = (await import(file)) as Record<string, () => Promise<readonly Measurement[]>> // by convention of the name
  const name = `bench${part.charAt(0).toUpperCase()}${part.slice(1)}`
  const run = module[name]
  if (run === undefined) throw new Error(`${file} exports no ${name}()`)
  return run()
}

function table(measurements: readonly Measurement[]): string {
  const rows = measurements.map(({ name, params, value, unit, reference, ratio }) => [
    name,
    Object.entries(params)
      .map(([key, given]) => `${key}=${given}`)
      .join(' '),
    `${rounded(value)} ${unit}`,
    reference === null ? '' : `${rounded(reference)} ${unit}`,
    ratio === null ? '' : ratio.toFixed(2),
  ])
  const all = [['what', 'with', 'measured', 'bare reference', 'ratio'], ...rows]
  const widths = [0, 1, 2, 3, 4].map((column) => Math.max(...all.map((row) => row[column]?.length ?? 0)))
  const lines = all.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  )
  return `${lines.join('\n')}\n`
}

function rounded(value: number): string {
  return String(Number(value.toPrecision(3)))
}
