/** `npm test`. Plain Node without packages: it runs on a fresh clone, before `npm ci`. */
import { testCommand } from './src/test-command.mjs';

for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(130));

process.exitCode = await testCommand(process.argv.slice(2));
process.exit();
