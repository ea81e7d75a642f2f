/** What a disk says when it does not take what it is given, in words that tell what to do. */

const NO_SPACE = new Set(['ENOSPC', 'EDQUOT']);
/** EPERM: a file that was made immutable. */
const READ_ONLY = new Set(['EROFS', 'EPERM']);

const codeOf = (error: unknown): string => (error as NodeJS.ErrnoException).code ?? '';

/** True where an error says that the disk, or the user's part of it, is full. */
export function isNoSpace(error: unknown): boolean {
  return NO_SPACE.has(codeOf(error));
}

/** True where two refusals tell of the same state, whatever was tried. */
export function isSameRefusal(a: string, b: string): boolean {
  return a.split(':')[0] === b.split(':')[0];
}

/** The state of the disk that an error tells of, with the system's own words. */
export function diskRefusal(error: unknown): string {
  const words = error instanceof Error ? error.message : String(error);
  if (isNoSpace(error)) return `the disk is full: ${words}`;
  return READ_ONLY.has(codeOf(error)) ? `the disk is read-only: ${words}` : `the disk refuses: ${words}`;
}
