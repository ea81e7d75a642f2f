import { describe, expect, it } from '@jest/globals';
import type { Endpoints } from '../endpoints.js';
import { formatTarget, resolveTarget } from './target.js';

const ENDPOINTS: Endpoints = {
  file: '/x/.opmas/endpoints.json',
  addresses: { syslogUdp: 'udp://127.0.0.1:5514', syslogTcp: '0.0.0.0:6601', ingestHttp: 'http://127.0.0.1:5580' },
  health: {},
};
const known = (): Promise<Endpoints> => Promise.resolve(ENDPOINTS);

describe('a target', () => {
  it.each([
    ['udp', 'udp://127.0.0.1:5514'],
    ['tcp', 'tcp://127.0.0.1:6601'],
    ['http', 'http://127.0.0.1:5580'],
    ['tcp://router.example', 'tcp://router.example:5514'],
    ['udp://[2001:db8::1]:514', 'udp://[2001:db8::1]:514'],
    ['http://192.0.2.7:80/', 'http://192.0.2.7:80'],
  ])('%s is %s', async (text, expected) => {
    expect(formatTarget(await resolveTarget(text, known))).toBe(expected);
  });

  it.each(['ftp', 'tcp:', 'tcp://', 'tcp://a:0', 'tcp://a:99999', 'udp://2001:db8::1', 'http://a b'])(
    '%s is refused',
    async (text) => {
      await expect(resolveTarget(text, known)).rejects.toMatchObject({ exitCode: 2 });
    },
  );
});
