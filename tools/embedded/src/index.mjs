/** The public door: real servers and whole systems for tests and benchmarks. */
export { claimPort, isFree, releasePort } from './ports.mjs';
export { startNats, startPostgres, startRedis, temporaryFolder } from './test-servers.mjs';
export { startStack } from './test-stack.mjs';
export { findOrInstall } from './tools.mjs';
export { ensureBuilt } from './build.mjs';
export { findSender } from './senders.mjs';
