/**
 * The service as it ships, with two more actions that only tests have, and a signal that it sends itself at a point of
 * a run (once: `TEST_SIGNAL_FLAG` is a file that says that it was sent).
 */
import 'reflect-metadata';
import { runService } from '@opmas/platform';
import { existsSync, writeFileSync } from 'node:fs';
import { z } from 'zod';
import { ActionsModule } from '../actions.module.js';
import { configSchema } from '../config.js';
import type { ActionDefinition, Catalogue } from '../domain/catalogue/action.js';
import { defineAction } from '../domain/catalogue/action.js';
import { CATALOGUE } from '../domain/catalogue/registry.js';
import type { RunStage } from '../shell/executor.js';
import { connectRouter } from '../shell/ssh.js';

const parameters = z.strictObject({
  file: z.string(),
  seconds: z.number().default(0),
  address: z.string().default(''),
});

/** Adds a line to a file on the router: how often it ran can be counted there. */
const countUp: ActionDefinition<typeof parameters> = {
  class: 'disrupt',
  limitSeconds: 20,
  parameters,
  tools: [],
  title: ({ file }) => `Count in ${file}`,
  target: ({ file }) => file,
  refuse: () => null,
  precondition: () => null,
  plan: ({ file, seconds }) => [
    { argv: ['sh', '-c', 'echo x >>"$1"; sleep "$2"; echo counted', 'sh', file, String(seconds)] },
  ],
  verification: () => null,
  verify: () => ({ holds: true, detail: '' }),
  rollback: () => [],
};

const catalogue: Catalogue = { ...CATALOGUE, 'count-up': defineAction('count-up', countUp) };

const { TEST_SIGNAL_AT, TEST_SIGNAL, TEST_SIGNAL_FLAG, TEST_PLAYBOOKS } = process.env;

function onStage(_actionId: string, stage: RunStage): void {
  if (stage !== TEST_SIGNAL_AT || !TEST_SIGNAL_FLAG || existsSync(TEST_SIGNAL_FLAG)) return;
  writeFileSync(TEST_SIGNAL_FLAG, stage);
  process.kill(process.pid, TEST_SIGNAL ?? 'SIGKILL');
}

await runService({
  name: 'actions',
  config: configSchema,
  module: (shell) =>
    ActionsModule.with({
      shell,
      catalogue,
      connect: (target) => connectRouter(target),
      // In tests the attacker is this machine too.
      ownAddresses: () => [],
      playbooksFolder: TEST_PLAYBOOKS!,
      onStage,
    }),
});
