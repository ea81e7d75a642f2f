/** The public door of the actions service for tools and tests. */
export { ActionsModule } from './actions.module.js';
export { configSchema } from './config.js';
export { connectRouter } from './shell/ssh.js';
