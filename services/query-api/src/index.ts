/** The service as a module, for tests and tools that run it in their own process. */
export { configSchema } from './config.js';
export type { Config } from './config.js';
export { configureApi, queryApiModule } from './query-api.module.js';
