/** The public door of the service for tools that run it in process. */
export { configSchema as ingestorConfigSchema } from './config.js';
export type { IngestorConfig } from './config.js';
export { IngestorModule } from './ingestor.module.js';
export { Ingestor } from './shell/ingestor.js';
