/**
 * A sender that costs next to nothing: files through TCP connections at once, each file `passes` times over its own.
 * Run as a process of its own: `node blast.js PORT PASSES FILE...`; prints how long sending took.
 */
import { closeSync, openSync, readSync, statSync } from 'node:fs';
import { connect } from 'node:net';
import { once } from 'node:events';

const CHUNK_BYTES = 256 * 1024;

async function blast(port: number, passes: number, file: string): Promise<void> {
  const bytes = Buffer.allocUnsafe(statSync(file).size);
  const handle = openSync(file, 'r');
  readSync(handle, bytes, 0, bytes.length, 0);
  closeSync(handle);
  const socket = connect(port, '127.0.0.1');
  await once(socket, 'connect');
  for (let pass = 0; pass < passes; pass++) {
    for (let at = 0; at < bytes.length; at += CHUNK_BYTES) {
      if (!socket.write(bytes.subarray(at, at + CHUNK_BYTES))) await once(socket, 'drain');
    }
  }
  socket.end();
  // The receiver ends its side when it has read everything.
  socket.resume();
  await once(socket, 'close');
}

const [port = '', passes = '', ...files] = process.argv.slice(2);
await Promise.all(files.map((file) => blast(Number(port), Number(passes), file)));
