/** Migrations in the order in which they run. */
import { ReadModels1795000000000 } from './1795000000000-read-models.js';

export const MIGRATIONS = [ReadModels1795000000000];
