import { describe, expect, it } from '@jest/globals';
import { rawRecordSchema } from '@opmas/contracts';
import fc from 'fast-check';
import { datagramPeer, peerFields, recordHead, recordTail, textRecordTail } from './raw-record.js';
import { LINE } from './stream-framing.js';

const head = recordHead('2026-11-23T20:35:17.123456Z', 'host:gw', peerFields('tcp', '192.0.2.7', 514));
const recordOf = (tail: string) => rawRecordSchema.parse(JSON.parse(`{"id":"x-0-1-0",${head}${tail}`));

describe('the text of a raw record', () => {
  it('is one line of JSON by the schema, its id first', () => {
    const line = Buffer.from('say "hi"\tC:\\');
    const text = recordTail(line, 0, line.length, LINE.whole, true);
    expect(text.endsWith('}\n')).toBe(true);
    expect(recordOf(text)).toEqual({
      id: 'x-0-1-0',
      receivedAt: '2026-11-23T20:35:17.123456Z',
      key: 'host:gw',
      transport: 'tcp',
      peer: '192.0.2.7',
      port: 514,
      raw: 'say "hi"\tC:\\',
    });
  });

  it('says what befell the line', () => {
    const flags = LINE.truncated | LINE.partial;
    expect(recordOf(recordTail(Buffer.from('abc'), 0, 3, flags, true))).toMatchObject({
      truncated: true,
      partial: true,
    });
    expect(recordOf(recordTail(Buffer.from('abc'), 0, 3, LINE.partial, true))).toMatchObject({ partial: true });
  });

  it('loses no byte, whatever they are', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 60 }), (array) => {
        const bytes = Buffer.from(array);
        const text = recordTail(bytes, 0, bytes.length, LINE.whole, false);
        expect(text.indexOf('\n')).toBe(text.length - 1);
        const record = recordOf(text);
        const kept = record.rawBase64 === undefined ? Buffer.from(record.raw) : Buffer.from(record.rawBase64, 'base64');
        expect(kept.equals(bytes)).toBe(true);
        if (record.rawBase64 !== undefined) expect(record.raw).toContain('\ufffd');
      }),
    );
  });

  it('of an imported text is cut at a whole character', () => {
    expect(recordOf(textRecordTail('ää', 3))).toMatchObject({ raw: 'ä', truncated: true });
    expect(recordOf(textRecordTail('ää', 4)).truncated).toBeUndefined();
  });
});

describe('the peer of a journaled record', () => {
  const peerOf = (transport: 'tcp' | 'udp', peer: string, key: string, before = ''): string | null => {
    const text = recordHead('2026-11-23T20:35:17.123456Z', key, peerFields(transport, peer, 514));
    const line = Buffer.from('<13>"transport":"udp","peer":"198.51.100.1"');
    const bytes = Buffer.from(`${before}${text}${recordTail(line, 0, line.length, LINE.whole, true)}`);
    return datagramPeer(bytes, before.length, bytes.length - 1);
  };

  it('is told of datagrams only, whatever key and line say', () => {
    expect(peerOf('udp', '192.0.2.7', 'host:gw')).toBe('192.0.2.7');
    expect(peerOf('udp', '2001:db8::1', 'addr:2001:db8::1', 'x'.repeat(99))).toBe('2001:db8::1');
    expect(peerOf('tcp', '192.0.2.7', 'host:gw')).toBeNull();
    expect(peerOf('tcp', '192.0.2.7', 'cert:a","transport":"udp","peer":"b')).toBeNull();
    expect(peerOf('udp', '192.0.2.7', 'cert:\\" é')).toBe('192.0.2.7');
    expect(datagramPeer(Buffer.from('"receivedAt":"'), 0, 14)).toBeNull();
  });
});
