/** Arguments for a POSIX shell. Measured on busybox ash: every text without NUL comes back as it was. */

/** One argument, in single quotes. Throws for a text with NUL, which no argument can hold. */
export function quoteArgument(text: string): string {
  if (text.includes('\0')) throw new Error('an argument cannot hold a NUL character');
  return `'${text.replaceAll("'", "'\\''")}'`;
}

/** A command line that runs exactly these arguments. */
export function commandLine(argv: readonly string[]): string {
  return argv.map(quoteArgument).join(' ');
}
