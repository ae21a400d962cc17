import { writeFileSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { randomness } from '../../../../tests/system/randomness.ts'
import { xmpDocument, xmpLanguages, xmpList } from '../../../../fixtures/written-words.ts'
import { RunningCore, formOf } from '../../bench/running-core.ts'
import { residentMib, workerPidsOf } from '../processes.ts'
import { type GoodFile, type GoodFiles } from './good-files.ts'
import { type Verdict, judge } from './judge.ts'
import { type Mutant, mutate } from './mutate.ts'

export interface CampaignOptions {
  /** Decides every file of the campaign; the number of a case and the seed give the same file each time. */
  readonly seed: number
  readonly good: GoodFiles
  /** Core's limits for one image. */
  readonly timeoutMs: number
  readonly workerMib: number
  /** What to type to have one case again. */
  again(number: number): string
}

/** What came of the cases so far. */
export interface Report {
  readonly cases: number
  /** By outcome: `photo`, or the code of the refusal. */
  readonly outcomes: Readonly<Record<string, number>>
  /** Workers that crashed, were stopped for their time or for their memory. */
  readonly workersLost: Readonly<Record<string, number>>
  /** Cases that cost a worker, each with what was done to which file. */
  readonly costly: readonly string[]
  readonly highestServerMib: number
  readonly highestWorkerMib: number
}

interface Case {
  readonly number: number
  readonly file: GoodFile
  readonly mutant: Mutant
  readonly coldpreviewSize: number | null
  readonly sidecar: Mutant | null
}

const COLDPREVIEW_SIDE = 400
/** The share of cases that have a damaged side-car as well. */
const SIDECARS = 0.2
const MOST_SIDECAR_BYTES = 1024 * 1024
const goodSidecar = Buffer.from(
  xmpDocument(
    xmpLanguages('dc:title', { 'x-default': 'Boats', de: 'Boote' }) +
      xmpList('dc:subject', ['sea', 'boat', 'evening']) +
      xmpList('dc:creator', ['A. Photographer'], 'Seq'),
    ' xmp:Rating="4" xmp:Label="Red"',
  ),
)
const CONTROLS_EVERY = 100
/** A crash is tried twice, and a file waits for those before it. */
const PATIENCE = 4
const START_MS = 20_000
/** What a worker can take between two looks of the server at it. */
const OVERSHOOT_MIB = 300
/** The server itself: its programs, and uploads of 64 MiB. */
const SERVER_MIB = 400
const costlyDetails = /crash|memory|longer than/

/** A core of its own, to which damaged copies of good files are sent; see `run`. */
export class Campaign {
  readonly #options: CampaignOptions
  readonly #core: RunningCore
  readonly #controls: GoodFile[]
  readonly #answers = new Map<string, string>()
  readonly #outcomes: Record<string, number> = {}
  readonly #workersLost: Record<string, number>
  readonly #costly: string[] = []
  readonly #memory: NodeJS.Timeout
  #cases = 0
  #hasFailed = false
  #highestServerMib = 0
  #highestWorkerMib = 0

  private constructor(options: CampaignOptions, core: RunningCore, workersLost: Record<string, number>) {
    this.#options = options
    this.#core = core
    this.#workersLost = workersLost
    this.#controls = options.good.flatMap((files) => files.slice(0, 1))
    this.#memory = setInterval(() => this.#look(), 50)
  }

  static async start(options: CampaignOptions): Promise<Campaign> {
    const workersLost: Record<string, number> = {}
    const settings = {
      IMALINK_CORE_TIMEOUT_MS: String(options.timeoutMs),
      IMALINK_CORE_WORKER_MIB: String(options.workerMib),
    }
    const core = await RunningCore.start(settings, (line) => {
      const reason = /"reason":"(\w+)".*image worker lost/.exec(line)?.[1]
      if (reason !== undefined) workersLost[reason] = (workersLost[reason] ?? 0) + 1
    })
    const campaign = new Campaign(options, core, workersLost)
    await campaign.#checkControls()
    return campaign
  }

  /**
   * Sends `count` cases from number `first` on, several at once, with good files between them. Throws at the first answer
   * that is none of those allowed, with the number of its case; where the server has ended or does not answer in
   * time; where it or a worker holds more memory than it may; where a good file gets another hothash than before.
   */
  async run(first: number, count: number): Promise<void> {
    let next = first
    const work = async () => {
      while (next < first + count && !this.#hasFailed) {
        const number = next++
        await this.#check(number)
        if (number % CONTROLS_EVERY === 0) await this.#checkControls()
      }
    }
    await Promise.all(Array.from({ length: availableParallelism() * 2 }, work))
    await this.#checkControls()
    this.#checkMemory()
  }

  get report(): Report {
    return {
      cases: this.#cases,
      outcomes: this.#outcomes,
      workersLost: this.#workersLost,
      costly: this.#costly,
      highestServerMib: Math.round(this.#highestServerMib),
      highestWorkerMib: Math.round(this.#highestWorkerMib),
    }
  }

  async end(): Promise<void> {
    clearInterval(this.#memory)
    await this.#core.stop()
  }

  async #check(number: number): Promise<void> {
    const chosen = this.#caseOf(number)
    const { outcome, detail } = await this.#send(chosen).catch((error: unknown) => this.#fail(chosen, error))
    this.#cases++
    this.#outcomes[outcome] = (this.#outcomes[outcome] ?? 0) + 1
    if (outcome !== 'photo' && costlyDetails.test(detail))
      this.#costly.push(`${describe(chosen)}: ${outcome}, ${detail}`)
  }

  #caseOf(number: number): Case {
    const random = randomness(Math.imul(this.#options.seed, 0x9e37_79b1) ^ Math.imul(number, 0x85eb_ca6b))
    const any = <T>(list: readonly T[]) => list[Math.floor(random() * list.length)] as T // none is empty
    const kind = any(this.#options.good)
    const file = any(kind)
    const other = any(random() < 0.5 ? kind : any(this.#options.good))
    const mutant = mutate(file.bytes, other.bytes, random)
    const coldpreviewSize = random() < 0.5 ? COLDPREVIEW_SIDE : null
    const sidecar = random() < SIDECARS ? mutate(goodSidecar, other.bytes, random) : null
    return { number, file, mutant, coldpreviewSize, sidecar }
  }

  async #send({ mutant, coldpreviewSize, sidecar }: Case): Promise<Verdict> {
    const signal = AbortSignal.timeout(this.#options.timeoutMs * PATIENCE + START_MS)
    const form = formOf(mutant.bytes, coldpreviewSize, sidecar?.bytes.subarray(0, MOST_SIDECAR_BYTES))
    return judge(mutant.bytes, await this.#core.post(form, signal))
  }

  /** Keeps the file, so that it can be looked at. */
  #fail(chosen: Case, cause: unknown): never {
    // Those beside it fail for another reason: the campaign ends.
    if (this.#hasFailed) throw cause
    this.#hasFailed = true
    const name = `imalink-mutation-${this.#options.seed}-${chosen.number}`
    const kept = join(tmpdir(), name)
    writeFileSync(kept, chosen.mutant.bytes)
    const what = this.#core.isRunning ? String(cause) : 'The server has ended'
    const again = this.#options.again(chosen.number)
    throw new Error(`${describe(chosen)}: ${what}. The file is kept as ${kept}; again: ${again}`, { cause })
  }

  /** The first of each kind: whatever it was answered before the campaign, it is answered again. */
  async #checkControls(): Promise<void> {
    for (const { name, bytes } of this.#controls) {
      const { status, body } = await this.#core.post(formOf(bytes, null))
      const { hothash, code } = JSON.parse(body.toString()) as { hothash?: string; code?: string } // checked below
      const answer = `${status} ${hothash ?? code}`
      const wanted = this.#answers.get(name) ?? answer
      if (answer !== wanted)
        throw new Error(`The good file ${name} is answered ${answer} instead of ${wanted}`)
      this.#answers.set(name, wanted)
    }
  }

  #look(): void {
    this.#highestServerMib = Math.max(this.#highestServerMib, residentMib(this.#core.pid))
    this.#highestWorkerMib = Math.max(
      this.#highestWorkerMib,
      ...workerPidsOf(this.#core.pid).map(residentMib),
    )
  }

  #checkMemory(): void {
    const workers = this.#options.workerMib + OVERSHOOT_MIB
    if (this.#highestServerMib > SERVER_MIB || this.#highestWorkerMib > workers) {
      throw new Error(`Memory went beyond its bounds: ${JSON.stringify(this.report)}`)
    }
  }
}

function describe({ number, file, mutant, sidecar }: Case): string {
  const beside = sidecar ? `; a side-car: ${sidecar.how}` : ''
  return `Case ${number} (${file.name}: ${mutant.how}${beside})`
}
