/**
 * One sender at an even pace, a line a datagram: `node udp-sender.js PORT RATE SECONDS FILE`. Prints what it sent, as
 * JSON. Run as a process of its own.
 */
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

const [port = '', rate = '', seconds = '', file = ''] = process.argv.slice(2);
const lines = readFileSync(file, 'utf8')
  .split('\n')
  .filter(Boolean)
  .map((line) => Buffer.from(line));
const goal = Number(rate) * Number(seconds);
/** A sender that fell behind does not make up for it with a burst of more than this many ms' worth. */
const MOST_BEHIND_MS = 5;
const most = Math.ceil((Number(rate) * MOST_BEHIND_MS) / 1000);

const socket = createSocket('udp4');
socket.connect(Number(port), '127.0.0.1');
await once(socket, 'connect');
/** What the kernel took, and what it did not: only the former can be lost behind it. */
let sent = 0;
let refused = 0;
const answered = (error: Error | null): void => void (error ? refused++ : sent++);
const startedMs = performance.now();
let tried = 0;
while (tried < goal) {
  const due = Math.min(goal, Math.floor(((performance.now() - startedMs) * Number(rate)) / 1000));
  const until = Math.min(due, tried + most);
  while (tried < until) socket.send(lines[tried++ % lines.length]!, answered);
  await sleep(1);
}
const tookMs = performance.now() - startedMs;
while (sent + refused < goal) await sleep(1);
await new Promise<void>((resolve) => socket.close(() => resolve()));
process.stdout.write(`${JSON.stringify({ sent, refused, seconds: Number((tookMs / 1000).toFixed(2)) })}\n`);
