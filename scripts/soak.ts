import { globSync } from 'node:fs'
import { basename, join } from 'node:path'
import { inspect, parseArgs } from 'node:util'
import { root } from './launch.mjs'

/** What a file `tests/soak/soak-<name>.ts` exports. */
export interface Soak {
  /** Rounds when nobody says how many. */
  readonly usualRounds: number
  /** Throws where a round fails; may answer what to report. `seed` decides everything that is left to chance. */
  soak(options: {
    readonly seed: number
    readonly rounds: number
    onRound(round: number): void
  }): Promise<string | void>
  /** One round by itself, where rounds do not build on each other. */
  soakOne?(options: { readonly seed: number; readonly round: number }): Promise<string | void>
}

/**
 * `soak <name> [--seed N] [--rounds N | --only N]`: ends the process with 1 at the first failure, and says how to have it
 * again. `--count` is another word for `--rounds`.
 */
export async function soak(args: readonly string[]): Promise<void> {
  const { positionals, values } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      seed: { type: 'string' },
      rounds: { type: 'string' },
      count: { type: 'string' },
      only: { type: 'string' },
    },
  })
  const [name = ''] = positionals
  const module = await load(name)
  const seed = wholeNumber(values.seed) ?? Date.now() % 1_000_000
  const rounds = wholeNumber(values.rounds ?? values.count) ?? module.usualRounds
  const only = wholeNumber(values.only)
  const which = only === undefined ? `--rounds ${rounds}` : `--only ${only}`
  try {
    const report =
      only === undefined ? await soakAll(module, { name, seed, rounds }) : await soakOne(module, seed, only)
    if (report) show(report)
  } catch (error) {
    process.stderr.write(`${inspect(error)}\n`)
    process.stderr.write(`npm run soak -- ${name} --seed ${seed} ${which}\n`)
    process.exit(1)
  }
  show(`${name}: passed, seed ${seed}, ${which}`)
}

interface Run {
  readonly name: string
  readonly seed: number
  readonly rounds: number
}

function soakAll({ soak }: Soak, { name, seed, rounds }: Run): Promise<string | void> {
  return soak({
    seed,
    rounds,
    onRound: (round) => show(`${name}: round ${round} of ${rounds}, seed ${seed}`),
  })
}

function soakOne({ soakOne }: Soak, seed: number, round: number): Promise<string | void> {
  if (soakOne) return soakOne({ seed, round })
  process.stderr.write('Its rounds build on each other: it has no --only.\n')
  process.exit(1)
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
