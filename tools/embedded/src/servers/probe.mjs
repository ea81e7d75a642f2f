/** Asks a server a question over plain TCP: readiness without a client library. */
import { connect } from 'node:net';

const LIMIT_MS = 1_000;

/**
 * Connects, sends a text (or nothing), and answers what comes back first.
 * @param {number} port
 * @param {string} send
 * @param {string} [host]
 * @returns {Promise<string>}
 */
export function firstAnswer(port, send = '', host = '127.0.0.1') {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host });
    socket.setTimeout(LIMIT_MS, () => socket.destroy(new Error(`port ${port} says nothing`)));
    socket.once('connect', () => {
      if (send) socket.write(send);
    });
    socket.once('data', (data) => {
      resolve(data.toString());
      socket.destroy();
    });
    socket.once('error', reject);
    socket.once('close', () => reject(new Error(`port ${port} closed`)));
  });
}
