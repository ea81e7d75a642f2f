/** Where the running OPMAS is: `.opmas/endpoints.json`, as `npm start` writes it. */
import { readFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CommandError, EXIT, reasonOf } from './exit.js';

/** Name → address; the ones that every start writes are listed in docs/cli.md. */
export interface Endpoints {
  file: string;
  addresses: Record<string, string>;
  /** Service → base address of its health endpoint; empty where the file has none. */
  health: Record<string, string>;
}

const REPOSITORY = join(dirname(fileURLToPath(import.meta.url)), '..', '..', '..');

/**
 * Reads the file of `dataDir`; without one, `.opmas` here, then in each folder above, then in the project's own folder.
 * Throws a CommandError (exit code 3) where there is none.
 */
export async function readEndpoints(dataDir: string | undefined): Promise<Endpoints> {
  const candidates = dataDir === undefined ? defaultFiles() : [join(resolve(dataDir), 'endpoints.json')];
  for (const file of candidates) {
    const text = await readFile(file, 'utf8').catch(() => null);
    if (text !== null) return decode(file, text);
  }
  throw new CommandError(
    `OPMAS does not run here: no ${dataDir === undefined ? '.opmas/endpoints.json' : candidates[0]}. ` +
      'Start it with `npm start`, or say where it is with --to or --data',
    EXIT.unreachable,
  );
}

function defaultFiles(): string[] {
  const files: string[] = [];
  for (let folder = process.cwd(); ; folder = dirname(folder)) {
    files.push(join(folder, '.opmas', 'endpoints.json'));
    if (folder === dirname(folder)) break;
  }
  return [...files, join(REPOSITORY, '.opmas', 'endpoints.json')];
}

function decode(file: string, text: string): Endpoints {
  let value: object;
  try {
    value = Object(JSON.parse(text)) as object;
  } catch (error) {
    throw new CommandError(`${file} is no JSON: ${reasonOf(error)}`, EXIT.usage, { cause: error });
  }
  const addresses: Record<string, string> = {};
  const health: Record<string, string> = {};
  for (const [name, address] of Object.entries(value) as [string, unknown][]) {
    if (typeof address === 'string') addresses[name] = address;
    else if (name === 'health' && typeof address === 'object' && address !== null) {
      for (const [service, base] of Object.entries(address) as [string, unknown][])
        if (typeof base === 'string') health[service] = base;
    }
  }
  return { file, addresses, health };
}
