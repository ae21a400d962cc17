import { Command, CommanderError, InvalidArgumentError, Option } from 'commander'
import { type ImportCommandOptions, importPhotos } from './commands/import.ts'
import { type LoginOptions, login } from './commands/login.ts'
import { type LogoutOptions, logout } from './commands/logout.ts'
import { type StatusOptions, status } from './commands/status.ts'
import { readConfig } from './config.ts'
import { type ExitCode, asFailure, exitCodes } from './failure.ts'
import { adminHelp, importHelp, settingsHelp } from './help.ts'
import { DEFAULT_SERVER } from './server-address.ts'

process.stdout.on('error', endWithReader)
process.exitCode = await run(process.argv)

/** Whoever reads the output, `head` for example, may have enough. */
function endWithReader(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE') throw error
  process.exit(exitCodes.impossible)
}

async function run(argv: readonly string[]): Promise<ExitCode> {
  let code: ExitCode = exitCodes.ok
  const program = buildProgram((exitCode) => (code = exitCode))
  try {
    await program.parseAsync(argv)
    return code
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.ok : exitCodes.usage
    const { message, exitCode } = asFailure(error)
    process.stderr.write(`${message}\n`)
    return exitCode
  }
}

function buildProgram(setExitCode: (code: ExitCode) => void): Command {
  const config = readConfig()
  const program = new Command('npm run imalink --')
    .description('Remembers every photo you own, while the originals stay where they are.')
    .exitOverride()
    .showHelpAfterError('(--help tells more)')
    .addHelpText('after', adminHelp + settingsHelp)

  program
    .command('login')
    .description('sign in once; a key for importing is kept in a file only you can read')
    .option('--server <url>', `the server's address (default: ${DEFAULT_SERVER})`)
    .option('--user <name>', 'user name or e-mail address')
    .option('--password-stdin', 'read the password from standard input, for scripts')
    .action((options: LoginOptions) => login(config, options))

  program
    .command('logout')
    .description('remove the key from this machine')
    .option('--revoke', 'have the server forget the key too; asks for the password')
    .option('--password-stdin', 'read the password from standard input, for scripts')
    .action((options: LogoutOptions) => logout(config, options))

  program
    .command('status')
    .alias('whoami')
    .description('which server, which user, and whether the server answers')
    .option('--json', 'for machines')
    .action((options: StatusOptions) => status(config, options))

  program
    .command('import')
    .description('look at every photo in folders and files, and keep what is new')
    .argument('<path...>', 'folders and files')
    .addOption(
      new Option('--json', 'one JSON document on standard output, at the end').conflicts('jsonLines'),
    )
    .option('--json-lines', 'a line of JSON for every file as it is settled, and one for the end')
    .option('--dry-run', 'only say what would be done')
    .option('--quiet', 'no progress, only the report')
    .option('--jobs <n>', 'images in work at once (default: processors + 1)', wholeNumber(1, 64))
    .option(
      '--coldpreview-size <px>',
      'longest side of the large preview, 150-4096 or none',
      coldpreviewSize,
      1920,
    )
    .option('--title <text>', 'a name for this import', textOfAtMost(255))
    .option('--volume <name>', 'a name for the disk that the files are on', textOfAtMost(255))
    .option('--core <url>', 'where core is, if not where the server says')
    .option(
      '--patience <seconds>',
      'how long a server may be away before the import ends',
      wholeNumber(0, 86_400),
      600,
    )
    .addHelpText('after', importHelp)
    .action(async (paths: string[], options: ImportCommandOptions) =>
      setExitCode(await importPhotos(config, paths, options)),
    )

  return program
}

function wholeNumber(min: number, max: number): (text: string) => number {
  return (text) => {
    const number = Number(text)
    if (/^\d+$/.test(text) && number >= min && number <= max) return number
    throw new InvalidArgumentError(`It is a whole number from ${min} to ${max}.`)
  }
}

function coldpreviewSize(text: string): number | 'none' {
  return text === 'none' ? text : wholeNumber(150, 4096)(text)
}

function textOfAtMost(length: number): (text: string) => string {
  return (text) => {
    if (text.length <= length) return text
    throw new InvalidArgumentError(`It has at most ${length} characters.`)
  }
}
