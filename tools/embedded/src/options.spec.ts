import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { checkHost } from './host.mjs';
import { isOff, parseOptions } from './options.mjs';
import { workPlace } from './places.mjs';

describe('the options of npm start', () => {
  it('are the usual ports and .opmas unless something else is said', () => {
    const options = parseOptions([], {});
    expect(options.data).toBe(workPlace);
    expect(options.ports).toEqual({
      syslogUdp: 5514,
      syslogTcp: 5514,
      syslogTls: 6514,
      ingestHttp: 5580,
      otlpHttp: 4318,
      api: 8000,
      ui: 3000,
    });
  });

  it('let a variable win over an offset, and an offset move the rest', () => {
    const { ports } = parseOptions(['--port-offset', '100'], { API_PORT: '9000' });
    expect(ports).toMatchObject({
      syslogUdp: 5614,
      syslogTls: 6614,
      ingestHttp: 5680,
      otlpHttp: 4418,
      api: 9000,
      ui: 3100,
    });
  });

  it('take free ports on demand', () => {
    expect(new Set(Object.values(parseOptions(['--free-ports'], {}).ports))).toEqual(new Set([0]));
  });

  it.each(['off', ''])('close the OTLP port with "%s", which is no number', (OTLP_HTTP_PORT) => {
    expect(isOff('otlpHttp', { OTLP_HTTP_PORT })).toBe(true);
    expect(parseOptions([], { OTLP_HTTP_PORT }).ports.otlpHttp).toBe(0);
    expect(isOff('otlpHttp', { OTLP_HTTP_PORT: '4319' }) || isOff('otlpHttp', {})).toBe(false);
  });

  it('make a temporary folder for --ephemeral', () => {
    const { data, ephemeral } = parseOptions(['--ephemeral'], {});
    expect(ephemeral && existsSync(data)).toBe(true);
    expect(data.startsWith(join(workPlace))).toBe(false);
    rmSync(data, { recursive: true });
  });

  it.each([
    [['--dta', 'x'], {}, /--dta/],
    [['--ephemeral', '--data', 'x'], {}, /exclude each other/],
    [['--port-offset', 'ten'], {}, /--port-offset: expected a number from 0 to 50000, it is "ten"/],
    [[], { UI_PORT: '99999' }, /UI_PORT: expected a number from 0 to 65535/],
  ])('refuse %j %j', (argv, env, message) => {
    expect(() => parseOptions(argv, env)).toThrow(message);
  });
});

describe('the machine', () => {
  it.each(['18.20.0', '20.18.9'])('is refused with Node %s', (version) => {
    expect(() => checkHost(version, 'linux')).toThrow(/too old: OPMAS needs 20\.19/);
  });

  it('is refused where it is Windows, with the way out', () => {
    expect(() => checkHost('22.0.0', 'win32')).toThrow(/WSL/);
  });

  it('is accepted from Node 20.19 on', () => {
    expect(() => checkHost('20.19.0', 'linux')).not.toThrow();
    expect(() => checkHost('24.1.0', 'darwin')).not.toThrow();
  });
});
