import { describe, expect, it } from '@jest/globals';
import { askScript, claimScript, parseClaim, parseProbe, parseReport } from './run-marker.js';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

describe('answers of a router', () => {
  it('reads what it is', () => {
    const answer =
      'boot=b-1\nuptime=12.5\nssh=10.0.0.9 4711 10.0.0.1 22\ntool=nft\naddr=127.0.0.1/8\naddr=fe80::1/64\nopmas end\n';
    expect(parseProbe(answer)).toEqual({
      controllerAddress: '10.0.0.9',
      routerAddress: '10.0.0.1',
      ownAddresses: ['127.0.0.1', 'fe80::1'],
      bootId: 'b-1',
      uptimeSeconds: 12.5,
      tools: ['nft'],
    });
    expect(parseProbe('boot=b-1\nuptime=12.5\n')).toBeNull();
    expect(parseProbe('boot=b\nuptime=1\nssh=\nopmas end\n')).toMatchObject({
      controllerAddress: null,
      routerAddress: null,
    });
  });

  it.each([
    ['opmas claimed\n', 'claimed'],
    ['opmas taken\n', 'taken'],
    ['opmas refused\n', 'refused'],
    ['opmas cla', null],
    ['', null],
  ])('reads the claim %j', (answer, claim) => expect(parseClaim(answer)).toBe(claim));

  const line = (text: string): string => `opmas ${text}\n`;
  it.each([
    ['there=0 same=0 alive=0 whole=0 rc=- uptime=5.1 out=0 err=0', { state: 'absent', otherBoot: false }],
    ['there=1 same=1 alive=1 whole=0 rc=- uptime=5.1 out=0 err=0', { state: 'running', otherBoot: false }],
    ['there=1 same=1 alive=0 whole=0 rc=- uptime=5.1 out=0 err=0', { state: 'died', otherBoot: false }],
    ['there=1 same=0 alive=0 whole=0 rc=- uptime=5.1 out=0 err=0', { state: 'died', otherBoot: true }],
    [
      'there=1 same=1 alive=0 whole=1 rc=3 uptime=5.1 out=0 err=0',
      { state: 'ended', exitCode: 3, isOutputComplete: true },
    ],
  ])('reads the report %s', (figures, report) => {
    expect(parseReport(bytes(`${line(figures)}\nopmas end\n`))).toMatchObject(report);
  });

  it('reads outputs by their length, whatever they hold, and refuses what is not whole', () => {
    const whole = `${line('there=1 same=1 alive=0 whole=1 rc=0 uptime=9 out=10 err=3')}opmas end\nerr\nopmas end\n`;
    const report = parseReport(bytes(whole));
    expect(Buffer.from(report!.stdout).toString()).toBe('opmas end\n');
    expect(Buffer.from(report!.stderr).toString()).toBe('err');
    for (let cut = 0; cut < whole.length; cut++) expect(parseReport(bytes(whole.slice(0, cut)))).toBeNull();
  });
});

describe('scripts for a router', () => {
  it('do nothing when they arrive in part', () => {
    const script = claimScript({ runId: 'a-1', commands: [{ argv: ['x'] }], limitSeconds: 5, maxOutputBytes: 10 });
    expect(script.startsWith('opmas_main() {\n')).toBe(true);
    expect(script.endsWith('\n}\nopmas_main\n')).toBe(true);
  });

  it('take no name that is more than a name', () => {
    expect(() => askScript('a; reboot')).toThrow('no run id');
    expect(() => askScript('../x')).toThrow('no run id');
  });
});
