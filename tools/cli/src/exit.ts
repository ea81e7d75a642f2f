/** How a command ends: codes that scripts can use, and the error that carries one. */

export const EXIT = {
  ok: 0,
  /** Findings were found, a rule's test failed, a service is not ready. */
  failedChecks: 1,
  /** A wrong option, or an input that cannot be read. */
  usage: 2,
  /** Whom the command had to talk to does not answer. */
  unreachable: 3,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** Ends the command with one line on standard error, without a stack trace. */
export class CommandError extends Error {
  readonly exitCode: ExitCode;

  constructor(message: string, exitCode: ExitCode, options?: ErrorOptions) {
    super(message, options);
    this.name = 'CommandError';
    this.exitCode = exitCode;
  }
}

/** The text of whatever was thrown, its causes included; of a system's error only what it means. */
export function reasonOf(error: unknown): string {
  if (error instanceof AggregateError && error.errors.length > 0) return error.errors.map(reasonOf).join('; ');
  if (!(error instanceof Error)) return String(error);
  const { path, code } = error as NodeJS.ErrnoException;
  // ENOENT: no such file or directory, open '/some/file'
  const text = path === undefined ? error.message : error.message.replace(`${code}: `, '').replace(/, \w+ '.*'$/, '');
  return error.cause === undefined ? text : `${text}: ${reasonOf(error.cause)}`;
}
