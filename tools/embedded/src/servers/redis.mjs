/** A private Redis, on loopback. It keeps nothing on disk: whatever OPMAS has in Redis can be made again. */
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { firstAnswer } from './probe.mjs';

/**
 * @param {object} options
 * @param {string} options.program
 * @param {number} options.port
 * @param {string} options.folder
 * @param {string} [options.password]
 * @returns {import('../supervised.mjs').Unit & { url: string, storeDir: string }}
 */
export function redisUnit(options) {
  const file = join(options.folder, 'redis.conf');
  mkdirSync(options.folder, { recursive: true });
  chmodSync(options.folder, 0o700);
  const secret = options.password ? [`requirepass ${options.password}`] : [];
  const lines = [
    'bind 127.0.0.1',
    `port ${options.port}`,
    `dir ${JSON.stringify(options.folder)}`,
    'save ""',
    'appendonly no',
    ...secret,
  ];
  writeFileSync(file, `${lines.join('\n')}\n`, { mode: 0o600 });
  const login = options.password ? `AUTH ${options.password}\r\n` : '';
  return {
    name: 'redis',
    command: options.program,
    args: [file],
    rank: 1,
    url: `redis://${options.password ? `:${options.password}@` : ''}127.0.0.1:${options.port}`,
    storeDir: options.folder,
    isReady: async () => {
      const answer = await firstAnswer(options.port, `${login}PING\r\n`);
      return answer.startsWith('+') ? true : answer.trim();
    },
  };
}
