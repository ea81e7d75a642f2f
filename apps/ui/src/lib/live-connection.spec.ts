import { describe, expect, it } from '@jest/globals';
import { LiveConnection } from './live-connection.js';

class FakeSocket {
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: unknown }) => void) | null = null;
  onclose: ((event: { code: number }) => void) | null = null;
  readonly sent: unknown[] = [];
  isClosed = false;
  readonly token: string;

  constructor(token: string) {
    this.token = token;
  }

  send(text: string): void {
    this.sent.push(JSON.parse(text));
  }

  close(): void {
    this.isClosed = true;
  }
}

function world() {
  const sockets: FakeSocket[] = [];
  const waits: { task: () => void; delayMs: number }[] = [];
  const state = { token: 'one' as string | null, renewals: 0, canRenew: true };
  const live = new LiveConnection({
    open: (token) => {
      const socket = new FakeSocket(token);
      sockets.push(socket);
      return socket as unknown as WebSocket;
    },
    accessToken: () => state.token,
    renew: () => {
      state.renewals += 1;
      state.token = state.canRenew ? `renewed-${state.renewals}` : null;
      return Promise.resolve(state.canRenew);
    },
    later: (task, delayMs) => {
      const wait = { task, delayMs };
      waits.push(wait);
      return () => waits.splice(waits.indexOf(wait), 1);
    },
    random: () => 1,
  });
  const last = () => sockets.at(-1) as FakeSocket;
  const passWait = async () => {
    waits.shift()?.task();
    await Promise.resolve();
    await Promise.resolve();
  };
  return { live, sockets, waits, state, last, passWait };
}

describe('the live connection', () => {
  it('subscribes when it opens, and again when what is needed changes', () => {
    const { live, last } = world();
    live.subscribe(['findings']);
    live.start();
    expect(live.state()).toBe('connecting');
    last().onopen?.();
    live.subscribe(['findings', 'events'], { q: 'x' });
    expect(last().sent).toEqual([
      { subscribe: ['findings'], filter: {} },
      { subscribe: ['findings', 'events'], filter: { q: 'x' } },
    ]);
  });

  it('hands messages over and passes over what it cannot read', () => {
    const { live, last } = world();
    const seen: string[] = [];
    live.onMessage((message) => seen.push(message.channel));
    live.start();
    last().onopen?.();
    last().onmessage?.({ data: 'not json' });
    last().onmessage?.({ data: '{"error":{"status":400}}' });
    last().onmessage?.({ data: '{"channel":"findings","item":{}}' });
    expect(seen).toEqual(['findings']);
  });

  it('tries again after longer and longer waits, and at once when it is asked to', async () => {
    const { live, last, waits, sockets, passWait } = world();
    live.start();
    last().onclose?.({ code: 1006 });
    expect(live.state()).toBe('waiting');
    expect(waits[0]?.delayMs).toBe(500);
    await passWait();
    last().onclose?.({ code: 1006 });
    expect(waits[0]?.delayMs).toBe(1000);
    live.retryNow();
    expect(sockets).toHaveLength(3);
    expect(waits).toHaveLength(0);
    last().onopen?.();
    last().onclose?.({ code: 1001 });
    expect(waits[0]?.delayMs).toBe(500);
  });

  it('gets a new token when the server refuses the old one', async () => {
    const { live, last, passWait, state } = world();
    live.start();
    last().onopen?.();
    last().onclose?.({ code: 4401 });
    await passWait();
    expect(state.renewals).toBe(1);
    expect(last().token).toBe('renewed-1');
  });

  it('ends when there is no session any more', async () => {
    const { live, last, passWait, state } = world();
    state.canRenew = false;
    live.start();
    last().onclose?.({ code: 4401 });
    await passWait();
    expect(live.state()).toBe('off');
  });

  it('does not come back after it was stopped', () => {
    const { live, last, waits } = world();
    live.start();
    const socket = last();
    live.stop();
    socket.onclose?.({ code: 1000 });
    expect(socket.isClosed).toBe(true);
    expect(live.state()).toBe('off');
    expect(waits).toHaveLength(0);
  });
});
