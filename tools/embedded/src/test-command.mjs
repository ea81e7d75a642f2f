/** `npm test`: every check of the project, a table of what each step took, and one closing line of totals. */
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { ensureBuilt } from './build.mjs';
import { guardian } from './guardian.mjs';
import { StartFault, checkHost } from './host.mjs';
import { ensurePackages, runLogged } from './packages.mjs';
import { root } from './places.mjs';
import { releasePorts } from './ports.mjs';
import { findOrInstall } from './tools.mjs';

const usage = `Usage: npm test -- [options]

  --only KIND        lint (with types, build and documents), unit, int or e2e; all of them unless given
  --filter PATTERN   only specs whose path matches
  --help             this text

Installs packages and test-only programs where they are missing, starts real servers for the integration and end-to-end
specs, and closes with "N passed, N failed".
`;

const KINDS = ['lint', 'unit', 'int', 'e2e'];
const TEST_TOOLS = ['nats-server', 'redis-server', 'dropbear', 'dropbearkey', 'chromium', 'busybox', 'logger'];
const SPEC_LIMIT_MS = { unit: 10_000, int: 60_000, e2e: 180_000 };

/**
 * @typedef {object} Outcome
 * @property {number} passed
 * @property {number} failed
 * @property {number} [skipped]
 */

/** @param {string} text */
function say(text) {
  process.stdout.write(`${text}\n`);
}

/** @param {() => Promise<unknown>} work @returns {Promise<Outcome>} */
async function oneCheck(work) {
  try {
    await work();
    return { passed: 1, failed: 0 };
  } catch (error) {
    say(error instanceof StartFault ? error.message : String(/** @type {Error} */ (error).stack));
    return { passed: 0, failed: 1 };
  }
}

/**
 * The programs that only specs need. One that cannot be had makes its specs skip themselves, and is said here. Their
 * folders are put on PATH, for specs that run them by name.
 */
async function findTools() {
  const folders = new Set();
  for (const name of TEST_TOOLS) {
    const answer = await findOrInstall(name, (text) => say(`  ${text}`));
    if (answer.path === null) say(`  ${answer.reason}`);
    else folders.add(dirname(answer.path));
  }
  process.env['PATH'] = [process.env['PATH'], ...folders].join(delimiter);
}

const QUIET = { NX_DAEMON: 'false', NX_TUI: 'false', FORCE_COLOR: '0', NO_COLOR: '1' };

/**
 * Types of every project, each one check, beside one ESLint over the whole tree: a process a project would read the
 * shared sources, and make Nx's graph, thirteen times over.
 * @returns {Promise<Outcome>}
 */
async function lintAndTypes() {
  const nx = join(root, 'node_modules/nx/dist/bin/nx.js');
  const eslint = join(root, 'node_modules/eslint/bin/eslint.js');
  const options = { say, doing: '  still linting and checking types', env: QUIET };
  const [types, lint] = await Promise.all([
    runLogged(
      'typecheck',
      [process.execPath, nx, 'run-many', '-t', 'typecheck', '--output-style=static', '--parallel=1'],
      options,
    ),
    runLogged('lint', [process.execPath, eslint, '.', '--max-warnings', '0'], options),
  ]);
  const lines = types.lines();
  const ran = new Set(lines.flatMap((line) => /nx run (\S+:typecheck)/.exec(line)?.[1] ?? [])).size;
  const failed = new Set(lines.flatMap((line) => /^\s*(?:✖\s+nx run|-) (\S+:typecheck)/.exec(line)?.[1] ?? [])).size;
  if (!types.ok) say(lines.filter((line) => !/^npm (warn|error)|existing outputs match/.test(line)).join('\n'));
  if (!lint.ok) say(lint.lines().join('\n'));
  return {
    passed: Math.max(0, ran - failed) + (lint.ok ? 1 : 0),
    failed: (types.ok ? 0 : Math.max(failed, 1)) + (lint.ok ? 0 : 1),
  };
}

/** The documents made from the contracts are those that stand in docs/. @returns {Promise<Outcome>} */
async function documents() {
  const program = join(root, 'libs/contracts/generate-docs.mjs');
  if (!existsSync(program)) return { passed: 0, failed: 0 };
  const status = await run([process.execPath, program, '--check']);
  return status === 0 ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 };
}

/**
 * @param {string[]} command
 * @param {Record<string, string>} [env]
 * @returns {Promise<number | null>}
 */
function run([program = '', ...args], env = {}) {
  return new Promise((resolve) => {
    const child = spawn(program, args, {
      cwd: root,
      stdio: ['ignore', 'inherit', 'inherit'],
      env: { ...process.env, ...env },
    });
    const end = () => child.kill();
    process.once('exit', end);
    child.once('error', () => resolve(127));
    child.once('exit', (status, signal) => {
      process.off('exit', end);
      if (signal) say(`${program} was ended by ${signal}`);
      resolve(status);
    });
  });
}

/**
 * One Jest run over all projects.
 * @param {'unit' | 'int' | 'e2e'} kind
 * @param {string | undefined} filter
 * @returns {Promise<Outcome>}
 */
async function specs(kind, filter) {
  const folder = mkdtempSync(join(tmpdir(), 'opmas-jest-'));
  const report = join(folder, 'report.json');
  const status = await run(
    [
      process.execPath,
      '--experimental-vm-modules',
      '--disable-warning=ExperimentalWarning',
      join(root, 'node_modules/jest/bin/jest.js'),
      '--config',
      join(root, 'tools/embedded/jest.projects.mjs'),
      '--ci',
      '--passWithNoTests',
      '--json',
      `--outputFile=${report}`,
      `--testTimeout=${SPEC_LIMIT_MS[kind]}`,
      `--maxWorkers=${kind === 'e2e' ? 1 : 2}`,
      ...(filter ? [filter] : []),
    ],
    { OPMAS_TEST_KIND: kind },
  );
  try {
    return totals(JSON.parse(readFileSync(report, 'utf8')), status);
  } catch (error) {
    say(`Jest ended with status ${status} and without a report: ${/** @type {Error} */ (error).message}`);
    return { passed: 0, failed: 1 };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * A file that could not even be run counts as one failure.
 * @param {{ numPassedTests: number, numFailedTests: number, numPendingTests: number, numRuntimeErrorTestSuites: number }} report
 * @param {number | null} status
 * @returns {Outcome}
 */
export function totals(report, status) {
  const failed = report.numFailedTests + report.numRuntimeErrorTestSuites;
  return {
    passed: report.numPassedTests,
    skipped: report.numPendingTests,
    failed: failed === 0 && status !== 0 ? 1 : failed,
  };
}

/** @typedef {{ name: string, kinds: string[], work: () => Promise<Outcome>, besideThePrevious?: boolean }} Step */

/**
 * The steps in their order.
 * @param {string | undefined} filter
 * @returns {Step[]}
 */
function steps(filter) {
  return [
    { name: 'lint and types', kinds: ['lint'], work: lintAndTypes },
    { name: 'unit specs', kinds: ['unit'], work: () => specs('unit', filter) },
    {
      name: 'build',
      kinds: ['lint', 'e2e'],
      work: () => oneCheck(() => ensureBuilt({ say, entries: [], everything: true })),
    },
    // After the build, for it reads the contracts as they are built.
    { name: 'documents', kinds: ['lint'], work: documents },
    { name: 'integration specs', kinds: ['int'], work: () => specs('int', filter) },
    // Both wait for servers more than they work.
    { name: 'end-to-end specs', kinds: ['e2e'], work: () => specs('e2e', filter), besideThePrevious: true },
  ];
}

/**
 * @param {string[]} argv
 * @returns {Promise<number>} the status to end with
 */
export async function testCommand(argv) {
  try {
    checkHost();
    const { values } = parseArgs({
      args: argv,
      options: { only: { type: 'string' }, filter: { type: 'string' }, help: { type: 'boolean' } },
    });
    if (values.help) {
      say(usage);
      return 0;
    }
    const { only } = values;
    if (only !== undefined && !KINDS.includes(only))
      throw new StartFault(`--only: expected one of ${KINDS.join(', ')}, it is "${only}"`);
    await ensurePackages((text) => say(`  ${text}`));
    if (only === undefined || only === 'int' || only === 'e2e') await findTools();
    return await runSteps(steps(values.filter).filter((step) => only === undefined || step.kinds.includes(only)));
  } catch (error) {
    process.stderr.write(`${/** @type {Error} */ (error).message}\n`);
    say('0 passed, 1 failed');
    return 1;
  } finally {
    await guardian().close();
    releasePorts();
  }
}

/**
 * @param {Step} step
 * @returns {Promise<{ name: string, outcome: Outcome, seconds: number }>}
 */
async function timed({ name, work }) {
  say(`\n== ${name}`);
  const began = Date.now();
  const outcome = await work();
  return { name, outcome, seconds: (Date.now() - began) / 1000 };
}

/** @param {Step[]} chosen */
async function runSteps(chosen) {
  const rows = [];
  const sum = { passed: 0, failed: 0, skipped: 0 };
  const groups = chosen.flatMap((step, at) =>
    step.besideThePrevious && at > 0 ? [] : [chosen[at + 1]?.besideThePrevious ? chosen.slice(at, at + 2) : [step]],
  );
  for (const group of groups) {
    for (const row of await Promise.all(group.map(timed))) {
      rows.push(row);
      sum.passed += row.outcome.passed;
      sum.failed += row.outcome.failed;
      sum.skipped += row.outcome.skipped ?? 0;
    }
  }
  say('\n  step                  passed  failed  skipped  seconds');
  for (const { name, outcome, seconds } of rows) {
    const cells = [outcome.passed, outcome.failed, outcome.skipped ?? 0].map((cell) => String(cell).padStart(7));
    say(`  ${name.padEnd(20)} ${cells.join(' ')} ${seconds.toFixed(1).padStart(9)}`);
  }
  say(`\n${sum.passed} passed, ${sum.failed} failed${sum.skipped > 0 ? `, ${sum.skipped} skipped` : ''}`);
  return sum.failed === 0 && sum.passed > 0 ? 0 : 1;
}
