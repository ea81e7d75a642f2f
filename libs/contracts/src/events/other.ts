/** What no dialect understands, or belongs to no domain. */
import { z } from 'zod';

export const otherEvents = {
  /** The header may be read, the message not: its text is kept and searchable. */
  'other.unparsed': z.strictObject({
    /** The message with `<*>` for what varies between lines like it; its id is the envelope's `templateId`. */
    template: z.string().max(1024).optional(),
  }),
} as const;
