import 'reflect-metadata';
import { runService } from '@opmas/platform';
import { fileURLToPath } from 'node:url';
import { ActionsModule } from './actions.module.js';
import { configSchema } from './config.js';
import { CATALOGUE } from './domain/catalogue/registry.js';
import { machineAddresses } from './shell/actions-service.js';
import { connectRouter } from './shell/ssh.js';

const playbooksFolder = fileURLToPath(new URL('../playbooks', import.meta.url));

await runService({
  name: 'actions',
  config: configSchema,
  module: (shell) =>
    ActionsModule.with({
      shell,
      catalogue: CATALOGUE,
      connect: (target) => connectRouter(target),
      ownAddresses: machineAddresses,
      playbooksFolder,
    }),
});
