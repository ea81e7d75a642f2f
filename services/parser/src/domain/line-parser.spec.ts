import { describe, expect, it } from '@jest/globals';
import { parseInstant } from '@opmas/contracts';
import { createLineParser, timeOfLine } from './line-parser.js';

const receivedAtMicros = parseInstant('2026-11-23T10:00:00.000000Z')!;
const source = { receivedAtMicros, key: 'file', id: 'file-0-1-0', deviceId: null };

describe('a line parser', () => {
  it('gives the event that the stream would carry', () => {
    const text = "Mon Nov 23 09:59:00 2020 daemon.notice netifd: Interface 'wan' is now up\r\n";
    expect(createLineParser().parseLine(text, source)).toMatchObject({
      type: 'wan.interface.up',
      timestamp: '2020-11-23T09:59:00.000000Z',
      message: "Interface 'wan' is now up",
      raw: text,
    });
  });

  it('joins the lines of one sender only', () => {
    const parser = createLineParser();
    const line = (text: string): string => `<84>Nov 23 10:00:00 gw dropbear[7]: ${text}`;
    parser.parseLine(line('Child connection from 203.0.113.9:4711'), source);
    const attempt = line('Login attempt for nonexistent user');
    expect(parser.parseLine(attempt, source).fields).toMatchObject({ sourceIp: '203.0.113.9' });
    expect(parser.parseLine(attempt, { ...source, key: 'other' }).fields).not.toHaveProperty('sourceIp');
  });
});

describe('timeOfLine', () => {
  it('is the line’s own time near a given one, or null', () => {
    expect(timeOfLine('Dec 31 23:59:59 gw app: x', parseInstant('2026-01-01T00:00:00Z')!)).toBe(
      parseInstant('2025-12-31T23:59:59Z'),
    );
    expect(timeOfLine('[    1.000000] x', receivedAtMicros)).toBeNull();
  });
});
