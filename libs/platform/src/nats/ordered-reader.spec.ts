import { describe, expect, it } from '@jest/globals';
import type { Bus } from './bus.js';
import { OrderedReader } from './ordered-reader.js';

describe('a reader whose server is away', () => {
  it('lets others have their turn also when it was interrupted before', async () => {
    let interrupt: () => void = () => undefined;
    const bus = {
      isDown: () => true,
      onReconnect: (listener: () => void) => {
        interrupt = listener;
        return () => undefined;
      },
    } as unknown as Bus;
    const reader = new OrderedReader(bus, { stream: 'OPMAS_CONFIG', startSequence: 1 });
    interrupt();
    let turns = 0;
    const others = setInterval(() => turns++, 1);
    expect(await reader.next(1, 100)).toEqual([]);
    clearInterval(others);
    expect(turns).toBeGreaterThan(0);
    await reader.close();
  });
});
