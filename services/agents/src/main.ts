/** services/agents: OPMAS_EVENTS → OPMAS_FINDINGS. */
import 'reflect-metadata';
import { JetStreamStrategy, runService } from '@opmas/platform';
import { AgentsModule } from './agents.module.js';
import { agentsConfigSchema } from './config.js';

await runService({
  name: 'agents',
  config: agentsConfigSchema,
  module: (shell) => AgentsModule.for(shell),
  strategy: (shell) => new JetStreamStrategy(shell),
});
