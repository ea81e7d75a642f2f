/** A private nats-server with JetStream, on loopback. */
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { firstAnswer } from './probe.mjs';

/**
 * @param {object} options
 * @param {string} options.program
 * @param {number} options.port
 * @param {string} options.folder configuration and streams are kept here
 * @param {number} [options.maxPayloadBytes] 1 MiB
 * @param {string} [options.configuration] lines to add, for tests
 * @returns {import('../supervised.mjs').Unit & { url: string, storeDir: string }}
 */
export function natsUnit(options) {
  const storeDir = join(options.folder, 'jetstream');
  const file = join(options.folder, 'nats.conf');
  mkdirSync(storeDir, { recursive: true });
  chmodSync(options.folder, 0o700);
  writeFileSync(
    file,
    [
      `listen: "127.0.0.1:${options.port}"`,
      'server_name: "opmas-embedded"',
      `jetstream { store_dir: ${JSON.stringify(storeDir)} }`,
      `max_payload: ${options.maxPayloadBytes ?? 1024 * 1024}`,
      options.configuration ?? '',
    ].join('\n'),
  );
  return {
    name: 'nats',
    command: options.program,
    args: ['-c', file],
    rank: 1,
    url: `nats://127.0.0.1:${options.port}`,
    storeDir,
    // The greeting comes at once; JetStream's own recovery is over when a client's PING is answered.
    isReady: async () => {
      const greeting = await firstAnswer(options.port);
      return greeting.includes('"jetstream":true') ? true : 'JetStream is not up yet';
    },
  };
}
