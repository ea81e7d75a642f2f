/** The command line: arguments in, exit code out. */
import { Command, CommanderError } from 'commander';
import { addParse } from './commands/parse.js';
import { addRules } from './commands/rules.js';
import { addScan } from './commands/scan.js';
import { addSend } from './commands/send.js';
import { addSimulate } from './commands/simulate.js';
import { addStatus } from './commands/status.js';
import { CommandError, EXIT } from './exit.js';
import { ReaderGone } from './terminal/output.js';

/** Runs one command and answers its exit code; never throws. `argv` as in `process.argv`. */
export async function runCommandLine(argv: readonly string[]): Promise<number> {
  let exitCode: number = EXIT.ok;
  const program = createProgram((code) => (exitCode = code));
  try {
    await program.parseAsync([...argv]);
    return exitCode;
  } catch (error) {
    return codeOf(error);
  }
}

function createProgram(setExitCode: (code: number) => void): Command {
  const program = new Command('opmas')
    .description('OPMAS on the command line: read, find, send, simulate, test rules, see whether all runs.')
    .exitOverride()
    .showHelpAfterError('(--help shows what there is)')
    .addHelpText(
      'after',
      `
Results go to standard output, progress and errors to standard error.
Exit codes: 0 ok, 1 findings or failed checks, 2 wrong use or unreadable input, 3 target not reachable.

Examples:
  opmas status
  logread | opmas parse
  opmas scan router.log
  opmas simulate --scenario brute-force --duration 1m
  opmas rules test`,
    );
  addStatus(program, setExitCode);
  addParse(program);
  addScan(program, setExitCode);
  addRules(program, setExitCode);
  addSend(program);
  addSimulate(program);
  // Sub-commands made before exitOverride would end the process by themselves.
  for (const command of [...program.commands, ...program.commands.flatMap((one) => one.commands)])
    command.exitOverride();
  return program;
}

function codeOf(error: unknown): number {
  if (error instanceof ReaderGone) return EXIT.ok;
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
  if (error instanceof CommandError) {
    process.stderr.write(`opmas: ${error.message}\n`);
    return error.exitCode;
  }
  process.stderr.write(`opmas: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  return EXIT.failedChecks;
}
