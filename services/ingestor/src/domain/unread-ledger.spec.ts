import { describe, expect, it } from '@jest/globals';
import { MESSAGE_OVERHEAD_BYTES, UnreadLedger } from './unread-ledger.js';

const LARGEST = 100_000;
const MESSAGE = 10_000 + MESSAGE_OVERHEAD_BYTES;
/** Messages are added up to entries of 256 KiB: so much more may be said to be unread. */
const ENTRY = 256 * 1024;

function ledgerOf(from: number, count: number, step = 1): UnreadLedger {
  const ledger = new UnreadLedger(LARGEST);
  for (let i = 0; i < count; i++) ledger.add(from + i * step, 10_000);
  return ledger;
}

describe('unread bytes', () => {
  it('are those of our own messages, as long as nobody has looked', () => {
    expect(ledgerOf(1, 1000).bytes).toBe(1000 * MESSAGE);
  });

  it('become fewer as they are read, and are never said to be fewer than they are', () => {
    const ledger = ledgerOf(1, 1000);
    for (const from of [1, 2, 300, 301, 999, 1000]) {
      ledger.look(from, 1000, 1000 * MESSAGE);
      const unread = (1001 - from) * MESSAGE;
      expect(ledger.bytes).toBeGreaterThanOrEqual(unread);
      expect(ledger.bytes).toBeLessThanOrEqual(unread + ENTRY);
    }
    ledger.look(1001, 1000, 1000 * MESSAGE);
    expect(ledger.bytes).toBe(0);
  });

  it('of others count as the largest that they may be, and not beyond what the stream holds', () => {
    const ledger = ledgerOf(1, 100, 2);
    ledger.look(1, 200, 1e9);
    expect(ledger.bytes).toBe(100 * MESSAGE + 100 * LARGEST);
    ledger.look(1, 200, 3e6);
    expect(ledger.bytes).toBe(3e6);
  });

  it('of before the start are those of others', () => {
    const ledger = new UnreadLedger(LARGEST);
    ledger.look(501, 1000, 1e9);
    expect(ledger.bytes).toBe(500 * LARGEST);
    ledger.add(1001, 10_000);
    ledger.look(1001, 1001, 1e9);
    expect(ledger.bytes).toBe(MESSAGE);
  });

  it('are counted anew where the stream was put back', () => {
    const ledger = ledgerOf(1, 100);
    ledger.add(50, 10_000);
    ledger.look(50, 50, 1e9);
    expect(ledger.bytes).toBe(MESSAGE);
  });
});
