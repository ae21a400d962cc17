import { globSync } from 'node:fs'
import { basename, join } from 'node:path'
import { parseArgs } from 'node:util'
import { root } from './launch.mjs'

/** What a file `tests/soak/soak-<name>.ts` exports. */
export interface Soak {
  /** Rounds when nobody says how many. */
  readonly usualRounds: number
  /** Throws where a round fails. `seed` decides everything that is left to chance. */
  soak(options: {
    readonly seed: number
    readonly rounds: number
    onRound(round: number): void
  }): Promise<void>
}

/** `soak <name> [--seed N] [--rounds N]`: ends the process with 1 at the first failure, and says with which seed. */
export async function soak(args: readonly string[]): Promise<void> {
  const { positionals, values } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: { seed: { type: 'string' }, rounds: { type: 'string' } },
  })
  const [name = ''] = positionals
  const { usualRounds, soak: run } = await load(name)
  const seed = wholeNumber(values.seed) ?? Date.now() % 1_000_000
  const rounds = wholeNumber(values.rounds) ?? usualRounds
  const again = `npm run soak -- ${name} --seed ${seed} --rounds ${rounds}`
  try {
    await run({
      seed,
      rounds,
      onRound: (round) => show(`${name}: round ${round} of ${rounds}, seed ${seed}`),
    })
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n${again}\n`)
    process.exit(1)
  }
  show(`${name}: ${rounds} rounds passed, seed ${seed}`)
}

async function load(name: string): Promise<Soak> {
  const files = globSync('tests/soak/soak-*.ts', { cwd: root })
  const names = files.map((file) => basename(file, '.ts').slice('soak-'.length))
  if (names.includes(name)) return (await import(join(root, `tests/soak/soak-${name}.ts`))) as Soak // by its convention
  process.stderr.write(`There is no soak "${name}"; there are: ${names.join(', ')}.\n`)
  process.exit(1)
}

function wholeNumber(text: string | undefined): number | undefined {
  if (text === undefined || /^\d{1,9}$/.test(text)) return text === undefined ? undefined : Number(text)
  process.stderr.write(`${text} is not a whole number.\n`)
  process.exit(1)
}

function show(line: string): void {
  process.stdout.write(`${line}\n`)
}
