/** `npm run bench`: builds the benchmark (Nx: nothing to do when nothing changed) and runs it. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const nx = ['dist/bin/nx.js', 'bin/nx.js']
  .map((file) => join(root, 'node_modules/nx', file))
  .find((file) => existsSync(file));
if (nx === undefined) {
  process.stderr.write('bench: the packages are not installed; run `npm install` first\n');
  process.exit(2);
}
if (!process.argv.includes('--no-build')) {
  const built = spawnSync(
    process.execPath,
    [nx, 'run-many', '-t', 'build', '-p', '@opmas/bench', '--output-style=static'],
    {
      cwd: root,
      encoding: 'utf8',
      env: { ...process.env, NX_DAEMON: 'false', NX_TUI: 'false' },
    },
  );
  if (built.status !== 0) {
    process.stderr.write(`${built.stdout}${built.stderr}bench: the build failed, see above\n`);
    process.exit(2);
  }
}
const { runBench } = await import('./dist/main.js');
process.exitCode = await runBench(process.argv.slice(2));
