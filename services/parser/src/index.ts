/** The public door of the service for tools that run it in process. */
export { parserConfigSchema } from './config.js';
export type { ParserConfig } from './config.js';
export { ParserModule } from './parser.module.js';
