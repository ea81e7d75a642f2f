#!/usr/bin/env node
/** `npx opmas`: runs the built CLI, and builds it once where a fresh clone has not been built yet. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..', '..');
const main = join(root, 'tools/cli/dist/main.js');
const needed = [
  main,
  ...['libs/contracts', 'libs/platform', 'tools/simulator'].map((project) => join(root, project, 'dist/index.js')),
  ...['services/parser', 'services/agents', 'services/ingestor'].map((project) =>
    join(root, project, 'dist/domain/index.js'),
  ),
];

if (!needed.every((file) => existsSync(file))) {
  process.stderr.write('opmas: building the command line for the first time, this takes a minute\n');
  const nx = ['dist/bin/nx.js', 'bin/nx.js']
    .map((file) => join(root, 'node_modules/nx', file))
    .find((file) => existsSync(file));
  if (nx === undefined) {
    process.stderr.write('opmas: the packages are not installed; run `npm install` first\n');
    process.exit(1);
  }
  const args = [nx, 'run-many', '-t', 'build', '-p', '@opmas/cli', '--output-style=static'];
  const built = spawnSync(process.execPath, args, {
    cwd: root,
    stdio: ['ignore', 2, 2],
    env: { ...process.env, NX_DAEMON: 'false', NX_TUI: 'false' },
  });
  if (built.status !== 0) {
    process.stderr.write('opmas: the build failed, see above; `npm install` and `npm run build` show more\n');
    process.exit(1);
  }
}

const { runCommandLine } = await import(pathToFileURL(main).href);
process.exitCode = await runCommandLine(process.argv);
