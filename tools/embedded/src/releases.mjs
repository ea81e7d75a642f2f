/** Official releases that are downloaded where no package manager helps: version and SHA-256 are pinned here. */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { binaryPlace } from './places.mjs';

const DOWNLOAD_LIMIT_MS = 120_000;

/**
 * @typedef {object} Release
 * @property {string} version
 * @property {(host?: string) => string} url
 * @property {Record<string, string>} sha256 of the archive, by `<os>-<arch>`
 * @property {() => string} path where the program stands once it is installed
 */

/** This machine in the words of Go's releases, such as `linux-amd64`. */
function target() {
  return `${process.platform}-${process.arch === 'x64' ? 'amd64' : process.arch}`;
}

const natsVersion = '2.10.22';
const natsName = () => `nats-server-v${natsVersion}-${target()}`;

/** @type {{ 'nats-server': Release }} */
export const releases = {
  'nats-server': {
    version: natsVersion,
    url: (host = 'https://github.com') =>
      `${host}/nats-io/nats-server/releases/download/v${natsVersion}/${natsName()}.tar.gz`,
    // From the release's SHA256SUMS; the linux ones stand in the official image's Dockerfile as well.
    sha256: {
      'linux-amd64': 'db0b3ccbe4cbdd3872ae7486ec4f6b0f85824632a0789f4da2e0a8518390483e',
      'linux-arm64': 'b4da77b2b194dc5fcf13a1df0dad59ba7e87ae4423f254c50534015b7c8a2369',
      'darwin-amd64': 'e99eb01a886b5de05972445e362e48cf8ad10b45e4cd5a5592475b184f8f81c9',
      'darwin-arm64': '93ce74f61a49d8fa9dfbf420e5a844e25309e429c5c8e27b54b3283d0712fcff',
    },
    path: () => join(binaryPlace, natsName(), 'nats-server'),
  },
};

/**
 * Downloads an archive and refuses it unless its digest is the expected one.
 * @param {string} url
 * @param {string} sha256
 * @returns {Promise<Buffer>}
 */
export async function download(url, sha256) {
  const response = await fetch(url, { signal: AbortSignal.timeout(DOWNLOAD_LIMIT_MS) }).catch(
    (/** @type {Error} */ error) => {
      const cause = error.cause instanceof Error ? error.cause.message : error.message;
      throw new Error(`cannot download ${url}: ${cause}`);
    },
  );
  if (!response.ok) throw new Error(`cannot download ${url}: status ${response.status}`);
  const bytes = Buffer.from(await response.arrayBuffer());
  const digest = createHash('sha256').update(bytes).digest('hex');
  if (digest !== sha256) throw new Error(`${url} has SHA-256 ${digest}, expected ${sha256}: not used`);
  return bytes;
}

/**
 * Puts a release under `.opmas/bin`.
 * @param {keyof typeof releases} name
 * @param {(text: string) => void} say
 * @returns {Promise<string>} the program's path
 */
export async function installRelease(name, say) {
  const release = releases[name];
  const path = release.path();
  if (existsSync(path)) return path;
  const sha256 = release.sha256[target()];
  if (!sha256) throw new Error(`there is no pinned release of ${name} for ${target()}`);
  say(`downloading ${name} ${release.version}`);
  const bytes = await download(release.url(), sha256);
  // Unpacked aside and renamed, so that an interrupted installation is never taken for a whole one.
  const aside = join(binaryPlace, `.${name}-${process.pid}`);
  mkdirSync(aside, { recursive: true });
  try {
    const archive = join(aside, 'archive.tar.gz');
    writeFileSync(archive, bytes);
    execFileSync('tar', ['-xzf', archive, '-C', aside, '--strip-components', '1']);
    rmSync(archive);
    const folder = join(path, '..');
    rmSync(folder, { recursive: true, force: true });
    renameSync(aside, folder);
  } finally {
    rmSync(aside, { recursive: true, force: true });
  }
  return path;
}
