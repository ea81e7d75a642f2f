import { z } from 'zod';
import { choiceParam, textParam } from '../../lib/search-params.js';

/** Which rule or playbook is shown. */
export const documentSearchSchema = z.object({
  kind: choiceParam(['playbooks']),
  id: textParam,
  q: textParam,
});
export type DocumentSearch = Partial<z.infer<typeof documentSearchSchema>>;
