/** Migrations in the order in which they run. */
import { ReadModels1795000000000 } from './1795000000000-read-models.js';
import { EffectiveSeverity1795100000000 } from './1795100000000-effective-severity.js';

export const MIGRATIONS = [ReadModels1795000000000, EffectiveSeverity1795100000000];
