/** Migrations in the order in which they run. */
import { ReadModels1795000000000 } from './1795000000000-read-models.js';
import { EffectiveSeverity1795100000000 } from './1795100000000-effective-severity.js';
import { UnattributedSenders1795200000000 } from './1795200000000-unattributed-senders.js';

export const MIGRATIONS = [ReadModels1795000000000, EffectiveSeverity1795100000000, UnattributedSenders1795200000000];
