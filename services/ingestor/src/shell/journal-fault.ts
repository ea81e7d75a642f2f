import { JournalLocked, diskRefusal } from '@opmas/platform';

/** An error that names the directory of a journal that could not be opened, why, and the variable to change. */
export function journalFault(error: unknown, directory: string): Error {
  if (error instanceof JournalLocked) return error;
  const reason = diskRefusal(error);
  return new Error(`the journal in ${directory} (OPMAS_JOURNAL_DIR) cannot be opened: ${reason}`, { cause: error });
}
