import { describe, expect, it } from '@jest/globals';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { LINE, SyslogStreamDecoder } from '@opmas/ingestor/domain';
import { parseHeader } from '@opmas/parser/domain';

/** Framed cases of another parser, read by the ingestor's framing and the parser; passed over where they are not. */
const file = join(import.meta.dirname, '../../../../../shared/corpus/syslog-cases.jsonl');

interface Fields {
  priority: number;
  version: number;
  hostname: string | null;
  appname: string | null;
  procid: string | null;
  msgid: string | null;
  message: string | null;
}

interface FramedCase {
  id: string;
  format: string;
  input: string;
  expected: { message: Fields | null; error: string | null }[];
}

function read(input: string): { fields: Fields; isPartial: boolean }[] {
  const lines: { fields: Fields; isPartial: boolean }[] = [];
  const decoder = new SyslogStreamDecoder((bytes, start, end, flags) => {
    const header = parseHeader(bytes.toString('utf8', start, end));
    const { version, hostname, appName, procId, msgId, message } = header;
    lines.push({
      fields: {
        priority: header.facility! * 8 + header.severity!,
        version: version!,
        hostname,
        appname: appName,
        procid: procId,
        msgid: msgId,
        message: message === '' ? null : message,
      },
      isPartial: (flags & LINE.partial) !== 0,
    });
  });
  decoder.push(Buffer.from(input));
  decoder.end();
  return lines;
}

(existsSync(file) ? describe : describe.skip)('framed cases of another parser', () => {
  const cases = (): FramedCase[] =>
    readFileSync(file, 'utf8')
      .split('\n')
      .filter(Boolean)
      .map((row) => JSON.parse(row) as FramedCase)
      .filter(({ format }) => format === 'nontransparent');

  it('give their messages, each with the header fields that are expected', () => {
    expect(cases()).not.toHaveLength(0);
    for (const { id, input, expected } of cases()) {
      const actual = read(input);
      // A frame that it refuses is a line of ours all the same.
      expect([id, actual.length]).toEqual([id, expected.length]);
      for (const [index, { message, error }] of expected.entries()) {
        const { fields, isPartial } = actual[index]!;
        if (message !== null) expect({ id, ...message }).toMatchObject({ id, ...fields });
        expect([id, isPartial]).toEqual([id, error === 'unexpected EOF']);
      }
    }
  });
});
