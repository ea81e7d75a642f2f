/** What no dialect understands, or belongs to no domain. */
import { z } from 'zod';

export const otherEvents = {
  /** The header may be read, the message not: its text is kept and searchable. */
  'other.unparsed': z.strictObject({}),
} as const;
