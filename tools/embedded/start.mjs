/** `npm start`. Plain Node without packages: it runs on a fresh clone, before `npm ci`. */
import { startCommand } from './src/start-command.mjs';

// A reader that has gone (`npm start | head`) must not take the system down.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);

process.exitCode = await startCommand(process.argv.slice(2), process.env);
process.exit();
