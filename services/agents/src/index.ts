/** The public door of the service for tools that run it in process. */
export { agentsConfigSchema } from './config.js';
export type { AgentsConfig } from './config.js';
export { AgentsModule } from './agents.module.js';
