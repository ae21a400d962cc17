import { execFile } from 'node:child_process'
import { root } from '../launch.mjs'
import { type Check, type Outcome, fail, pass } from './check.ts'

/**
 * Whether a dependency of the running program has a known vulnerability of level high or critical. Where the registry does
 * not answer the question, nothing was checked, and that is what is said.
 */
export const auditCheck: Check = {
  name: 'audit of dependencies',
  async run() {
    return outcomeOfAudit(await auditReport())
  },
}

/** As npm prints it; npm ends with a code of its own where it found something. */
function auditReport(): Promise<string> {
  const npm = process.env.npm_execpath
  const [program, args] = npm === undefined ? ['npm', []] : [process.execPath, [npm]]
  const question = ['audit', '--json', '--omit=dev', '--audit-level=high']
  return new Promise((resolve) => {
    execFile(program, [...args, ...question], { cwd: root, timeout: 60_000 }, (_error, stdout) =>
      resolve(stdout),
    )
  })
}

const GRAVE = ['high', 'critical']

/** Reads what `npm audit --json` prints. */
export function outcomeOfAudit(printed: string): Outcome {
  const vulnerabilities = readVulnerabilities(printed)
  if (vulnerabilities === null)
    return { passed: 0, failed: 0, skipped: 1, output: 'not checked: the registry does not answer audits' }
  const grave = Object.values(vulnerabilities).filter(({ severity }) => GRAVE.includes(severity))
  if (grave.length === 0) return pass()
  return fail(grave.map(({ name, severity }) => `${name}: ${severity}; see \`npm audit\``).join('\n'))
}

interface Vulnerability {
  readonly name: string
  readonly severity: string
}

function readVulnerabilities(printed: string): Record<string, Vulnerability> | null {
  try {
    const report = JSON.parse(printed) as { vulnerabilities?: Record<string, Vulnerability> } // as npm 7 and later print it
    return report.vulnerabilities ?? null
  } catch {
    // Nothing, or a message for people: no report.
    return null
  }
}
