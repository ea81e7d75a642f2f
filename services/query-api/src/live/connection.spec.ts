import { describe, expect, it } from '@jest/globals';
import type { EventEnvelope } from '@opmas/contracts';
import type { WebSocket } from 'ws';
import { event } from '../spec-support/frames.js';
import { Connection } from './connection.js';

function open(command: object) {
  const sent: { channel: string; items?: EventEnvelope[]; skipped?: number }[] = [];
  const socket = {
    bufferedAmount: 0,
    readyState: 1,
    OPEN: 1,
    send: (text: string) => sent.push(JSON.parse(text) as (typeof sent)[number]),
  };
  const connection = new Connection(socket as unknown as WebSocket);
  expect(connection.command(JSON.stringify(command))).toBeNull();
  return { connection, socket, sent };
}

const batch = (count: number) =>
  Array.from({ length: count }, (_, i) => event(`i-0-1-${i}`, i, 1_795_000_000_000_000 + i));

describe('a connection', () => {
  it('leaves events out while its buffer is full, and says how many', () => {
    const { connection, socket, sent } = open({ subscribe: ['events'] });
    socket.bufferedAmount = 1e6;
    connection.addEvents(batch(30), 5);
    connection.flushEvents();
    expect(sent).toEqual([]);
    socket.bufferedAmount = 0;
    connection.addEvents(batch(2), 0);
    connection.flushEvents();
    expect(sent).toMatchObject([{ channel: 'events', skipped: 35 }]);
    expect(sent[0]!.items).toHaveLength(2);
  });

  it('sends the newest hundred of a batch', () => {
    const { connection, sent } = open({ subscribe: ['events'] });
    connection.addEvents(batch(130), 0);
    expect(connection.flushEvents()).toBe(30);
    expect(sent[0]!.items!.at(-1)!.id).toBe('i-0-1-129');
    expect(connection.flushEvents()).toBe(0);
    expect(sent).toHaveLength(1);
  });

  it('drops items of a connection that takes nothing', () => {
    const { connection, socket, sent } = open({ subscribe: ['findings'] });
    socket.bufferedAmount = 1e8;
    connection.sendItem({ channel: 'findings', item: { id: 'f1' } });
    socket.bufferedAmount = 0;
    connection.sendItem({ channel: 'findings', item: { id: 'f2' } });
    connection.sendItem({ channel: 'actions', item: { id: 'a1' } });
    expect(sent).toEqual([{ channel: 'findings', item: { id: 'f2' }, skipped: 1 }]);
  });
});
