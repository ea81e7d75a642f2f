/** services/parser: OPMAS_RAW → OPMAS_EVENTS. */
import 'reflect-metadata';
import { JetStreamStrategy, runService } from '@opmas/platform';
import { parserConfigSchema } from './config.js';
import { ParserModule } from './parser.module.js';

await runService({
  name: 'parser',
  config: parserConfigSchema,
  module: (shell) => ParserModule.for(shell),
  strategy: (shell) => new JetStreamStrategy(shell),
});
