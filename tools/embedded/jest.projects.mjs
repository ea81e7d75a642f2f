/**
 * One Jest run over every project: the kind of spec (unit, int, e2e) comes from OPMAS_TEST_KIND. A project's own
 * jest.config.mjs holds for all kinds; only which files are specs changes.
 */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { jestPreset } from '../../jest.preset.mjs';

const root = fileURLToPath(new URL('../../', import.meta.url));
const kind = process.env['OPMAS_TEST_KIND'] ?? 'unit';

const folders = ['libs', 'services', 'apps', 'tools']
  .flatMap((group) => readdirSync(join(root, group)).map((name) => `${group}/${name}`))
  .filter((folder) => existsSync(join(root, folder, 'package.json')));

async function projectOf(folder) {
  const file = pathToFileURL(join(root, folder, 'jest.config.mjs'));
  const own = existsSync(file) ? (await import(file.href)).default : jestPreset(file.href);
  const project = { ...own, displayName: folder };
  if (kind === 'unit') return project;
  return { ...project, testMatch: [`**/*.${kind}.spec.ts`], testPathIgnorePatterns: ['/node_modules/', '/dist/'] };
}

export default { rootDir: root, projects: await Promise.all(folders.map(projectOf)) };
