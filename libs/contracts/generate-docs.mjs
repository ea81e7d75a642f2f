/**
 * Writes docs/asyncapi.json and docs/schemas/*.json from the built contracts (`npm run build` first), and removes schemas
 * that no contract has any more. `--check` writes nothing: it names what differs and exits with 1.
 */
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';

const docs = join(import.meta.dirname, '../../docs');
const built = join(import.meta.dirname, 'dist/documents.js');
if (!existsSync(built)) {
  process.stderr.write('libs/contracts is not built: run "npm run build -w @opmas/contracts" first\n');
  process.exit(1);
}
const { documents } = await import(built);

function stored(file) {
  try {
    return JSON.parse(readFileSync(join(docs, file), 'utf8'));
  } catch {
    return undefined;
  }
}

const files = JSON.parse(JSON.stringify(documents()));
const folder = join(docs, 'schemas');
const extra = (existsSync(folder) ? readdirSync(folder) : [])
  .map((name) => `schemas/${name}`)
  .filter((file) => file.endsWith('.json') && !(file in files));
const changed = Object.keys(files).filter((file) => !isDeepStrictEqual(stored(file), files[file]));

if (process.argv.includes('--check')) {
  for (const file of changed) process.stderr.write(`docs/${file} differs from libs/contracts\n`);
  for (const file of extra) process.stderr.write(`docs/${file} describes no contract\n`);
  if (changed.length + extra.length > 0) {
    process.stderr.write('run "node libs/contracts/generate-docs.mjs" and commit what it writes\n');
    process.exit(1);
  }
} else {
  for (const file of changed) {
    mkdirSync(dirname(join(docs, file)), { recursive: true });
    writeFileSync(join(docs, file), `${JSON.stringify(files[file], null, 2)}\n`);
  }
  for (const file of extra) rmSync(join(docs, file));
  process.stdout.write(`${changed.length} written, ${extra.length} removed, ${Object.keys(files).length} in all\n`);
}
