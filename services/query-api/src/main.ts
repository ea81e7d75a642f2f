import { runService } from '@opmas/platform';
import { configSchema } from './config.js';
import { configureApi, queryApiModule } from './query-api.module.js';

await runService({
  name: 'query-api',
  config: configSchema,
  module: queryApiModule,
  http: { listen: (config) => ({ port: config.API_PORT, host: config.API_HOST }), configure: configureApi },
});
