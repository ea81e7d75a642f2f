/** services/ingestor: syslog over UDP, TCP and TLS, lines over HTTP → journal → OPMAS_RAW. */
import 'reflect-metadata';
import { createLog, parseEnv, runService } from '@opmas/platform';
import { configSchema } from './config.js';
import { IngestorModule } from './ingestor.module.js';
import { Ingestor } from './shell/ingestor.js';

const config = parseEnv(configSchema);
const log = createLog('ingestor', config.LOG_LEVEL);
try {
  // Before NATS is there: what senders send meanwhile goes to the journal.
  const ingestor = await Ingestor.open(config, log);
  await runService({
    name: 'ingestor',
    config: configSchema,
    probed: (metrics, health) => ingestor.showAt(metrics, health),
    module: (shell) => IngestorModule.for(shell, ingestor),
  });
} catch (error) {
  log.fatal({ err: error }, error instanceof Error ? error.message : String(error));
  process.exit(1);
}
