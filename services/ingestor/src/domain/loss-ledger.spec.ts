import { describe, expect, it } from '@jest/globals';
import { LossLedger } from './loss-ledger.js';

describe('the ledger of lost datagrams', () => {
  it('adds up by sender, and says the same after it was written and read', () => {
    const ledger = new LossLedger();
    ledger.add('192.0.2.1', 2);
    ledger.add('2001:db8::1', 5);
    ledger.add('192.0.2.1', 1);
    for (const one of [ledger, LossLedger.read(ledger.text())]) {
      expect(one.total).toBe(8);
      expect(one.senders).toEqual([
        ['2001:db8::1', 5],
        ['192.0.2.1', 3],
      ]);
    }
  });

  it('is bounded however many addresses are forged, and its sum stays exact', () => {
    const ledger = new LossLedger();
    for (let i = 0; i < 5000; i++) ledger.add(`address ${i}`, 1);
    expect(ledger.total).toBe(5000);
    expect(ledger.senders.length).toBe(1025);
    expect(ledger.senders[0]).toEqual(['others', 5000 - 1024]);
    expect(ledger.senders.reduce((sum, [, records]) => sum + records, 0)).toBe(5000);
  });

  it.each([undefined, '', 'nonsense', 'null', '[1,2', '{"a":"many"}'])('is empty where %j was kept', (text) => {
    expect(LossLedger.read(text).total).toBe(0);
  });
});
