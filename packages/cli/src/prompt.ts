import { createInterface } from 'node:readline'
import { Writable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { Failure, exitCodes } from './failure.ts'

/** Asks on the terminal. Throws `Failure` where there is none, or where the question is broken off. */
export function ask(question: string): Promise<string> {
  return askOn(process.stderr, question)
}

/** Asks on the terminal and shows nothing of the answer. */
export async function askSecretly(question: string): Promise<string> {
  requireTerminal()
  const silent = new Writable({ write: (_chunk, _encoding, done) => done() })
  const answer = askOn(silent, '')
  // The terminal shows what is typed until somebody reads it, so the question comes after that.
  process.stderr.write(question)
  return answer.finally(() => process.stderr.write('\n'))
}

/** The first line of standard input, whole: a password may have blanks at its ends. */
export async function firstInputLine(): Promise<string> {
  const [line = ''] = (await text(process.stdin)).split(/\r?\n/)
  return line
}

function requireTerminal(): void {
  if (process.stdin.isTTY) return
  const sentence = 'There is no terminal to ask on; in scripts give --user and --password-stdin.'
  throw new Failure(sentence, exitCodes.usage)
}

async function askOn(output: NodeJS.WritableStream, question: string): Promise<string> {
  requireTerminal()
  const terminal = createInterface({ input: process.stdin, output, terminal: true })
  const answer = new Promise<string>((resolve, reject) => {
    terminal.on('close', () => reject(new Failure('Broken off.', exitCodes.interrupted)))
    terminal.on('SIGINT', () => terminal.close())
    terminal.question(question, resolve)
  })
  return answer.finally(() => terminal.close())
}
