import { Command, CommanderError, Option } from 'commander'
import { textOfAtMost, wholeNumber, withImportOptions } from './commands/import-options.ts'
import { type ImportCommandOptions, importPhotos } from './commands/import.ts'
import { type LoginOptions, login } from './commands/login.ts'
import { type LogoutOptions, logout } from './commands/logout.ts'
import { type StatusOptions, status } from './commands/status.ts'
import { type WatchOptions, watchFolders } from './commands/watch.ts'
import { type WhereOptions, where } from './commands/where.ts'
import { readConfig } from './config.ts'
import { type ExitCode, asFailure, exitCodes } from './failure.ts'
import { adminHelp, importHelp, settingsHelp, statusHelp, watchHelp, whereHelp } from './help.ts'
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
    .description('which server, which user, whether the server answers, and the latest imports')
    .option('--json', 'for machines')
    .addHelpText('after', statusHelp)
    .action((options: StatusOptions) => status(config, options))

  program
    .command('where')
    .description('where the originals of a photo are, and which are there now on this machine')
    .argument('<photo>', 'id, hothash, or the path of one of its originals')
    .option('--json', 'for machines')
    .addHelpText('after', whereHelp)
    .action((photo: string, options: WhereOptions) => where(config, photo, options))

  const importing = program
    .command('import')
    .description('look at every photo in folders and files, and keep what is new')
    .argument('<path...>', 'folders and files')
    .addOption(
      new Option('--json', 'one JSON document on standard output, at the end').conflicts([
        'jsonLines',
        'explain',
      ]),
    )
    .option('--json-lines', 'a line of JSON for every file as it is settled, and one for the end')
    .option('--explain', 'a line for every file: what became of it and why')
    .option('--dry-run', 'only say what would be done; with --explain, to each file')
    .option('--recheck', 'read every file and ask the server again, whatever the journal says')
    .option('--title <text>', 'a name for this import', textOfAtMost(255))
  withImportOptions(importing)
    .addHelpText('after', importHelp)
    .action(async (paths: string[], options: ImportCommandOptions) =>
      setExitCode(await importPhotos(config, paths, options)),
    )

  const watching = program
    .command('watch')
    .description('keep folders in step: what is new or changed in them comes in until you end it')
    .argument('<folder...>', 'folders')
    .option('--json', 'a line of JSON for every file as it is settled, and one for each look that found some')
    .option('--every <seconds>', 'how often all files are looked at', wholeNumber(1, 86_400), 300)
  withImportOptions(watching)
    .addHelpText('after', watchHelp)
    .action(async (folders: string[], options: WatchOptions) =>
      setExitCode(await watchFolders(config, folders, options)),
    )

  return program
}
