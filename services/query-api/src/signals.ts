/** Every log line and metric of the query API, named. Warn: nothing is lost. Error: data or function is. */
import type { StreamPosition } from '@opmas/contracts';
import type { Health, Log, Metrics } from '@opmas/platform';

export type Signals = ReturnType<typeof createSignals>;

export function createSignals({ log, metrics, health }: { log: Log; metrics: Metrics; health: Health }) {
  return {
    ...projectionSignals(log, metrics, health),
    ...serverSignals(log, health),
    ...requestSignals(log, metrics),
  };
}

function projectionSignals(log: Log, metrics: Metrics, health: Health) {
  const rows = metrics.counter('projection_rows_total', 'Rows committed', ['projection']);
  const seconds = metrics.histogram('projection_batch_seconds', 'Seconds that a batch took to write', ['projection']);
  const delay = metrics.histogram('projection_delay_seconds', 'Seconds from the stream to the committed row', [
    'projection',
  ]);
  const lost = metrics.counter('projection_lost_frames_total', 'Frames discarded by the stream before they were read', [
    'projection',
  ]);
  const malformed = metrics.counter('projection_malformed_lines_total', 'Lines of a frame that are no event');
  const refused = metrics.counter('projection_refused_messages_total', 'Messages with a value that Postgres refuses', [
    'projection',
  ]);
  const lag = metrics.gauge('projection_lag_messages', 'Messages between the projection and the end of its stream', [
    'projection',
  ]);
  const failing = new Set<string>();
  return {
    batchWritten: (projection: string, count: number, tookSeconds: number, delayMs: number): void => {
      rows.inc({ projection }, count);
      seconds.observe({ projection }, tookSeconds);
      if (count > 0) delay.observe({ projection }, Math.max(0, delayMs) / 1000);
      if (failing.delete(projection)) log.info({ projection }, 'the projection goes on');
      health.set(`projection-${projection}`, true);
    },
    projectionLag: (projection: string, messages: number): void => lag.set({ projection }, messages),
    projectionPaused: (projection: string): void => log.debug({ projection }, 'the projection stopped reading'),
    projectionFailed: (projection: string, error: unknown): void => {
      health.set(`projection-${projection}`, false, error instanceof Error ? error.message : String(error));
      if (!failing.has(projection)) log.warn({ projection, err: error }, 'the projection failed, trying again');
      failing.add(projection);
    },
    standingBy: (projection: string): void => {
      health.set(`projection-${projection}`, true, 'another replica projects, standing by');
      log.info({ projection }, 'another replica projects, standing by');
    },
    streamPutBack: (projection: string, from: StreamPosition, to: StreamPosition): void =>
      log.warn({ projection, from, to }, 'the stream was put back to an earlier state, going back to where it agrees'),
    framesLost: (projection: string, frames: number): void => {
      lost.inc({ projection }, frames);
      log.error(
        { projection, frames },
        'frames are missing in the stream: its limits discarded them before they were read',
      );
    },
    malformedLines: (sequence: number, count: number): void => {
      malformed.inc(count);
      log.error({ sequence, count }, 'lines of a frame are no events; they stay in the stream');
    },
    messageRefused: (projection: string, sequence: number, error: unknown): void => {
      refused.inc({ projection });
      log.error({ projection, sequence, err: error }, 'Postgres refuses a value of a message; it stays in the stream');
    },
    partitionsDropped: (names: string[]): void => log.info({ names }, 'partitions beyond the retention dropped'),
    upkeepFailed: (error: unknown): void =>
      log.warn({ err: error }, 'making or dropping partitions failed, trying again'),
  };
}

function serverSignals(log: Log, health: Health) {
  return {
    reattributed: (sender: { key: string; peer: string; deviceId: string | null; events: number }): void =>
      log.info(sender, 'events have another device by a decision'),
    reattributionFailed: (error: unknown): void =>
      log.warn({ err: error }, 'events could not be given to their device yet, trying again'),
    databaseWaiting: (error: unknown): void => {
      const reason = error instanceof Error ? error.message || error.name : String(error);
      health.set('postgres', false, reason);
      log.warn({ reason }, 'Postgres is not there yet, trying again');
    },
    databaseReady: (): void => health.set('postgres', true),
    /** Redis holds only what can be lost: without it the service is ready, and says what is missing. */
    redisDown: (reason: string): void => {
      health.set('redis', true, `degraded: ${reason}`);
      log.warn({ reason }, 'Redis is not there: live updates of other replicas and shared limits are missing');
    },
    redisUp: (): void => health.set('redis', true),
    apiListening: (port: number): void => log.info({ port, event: 'api-listening' }, 'the API is listening'),
    /** The one line that tells a generated password; it is nowhere else. */
    adminCreated: (generated: string | null): void => {
      if (generated === null) log.info({ event: 'admin-created' }, 'the user admin was created');
      else
        process.stdout.write(
          `${JSON.stringify({ level: 'info', event: 'admin-created', userName: 'admin', password: generated })}\n`,
        );
    },
    adminDelayed: (error: unknown): void =>
      log.warn({ err: error }, 'the user admin could not be created yet, trying again'),
  };
}

function requestSignals(log: Log, metrics: Metrics) {
  const requests = metrics.histogram('api_request_seconds', 'Seconds that a request took', ['method', 'status']);
  const listeners = metrics.gauge('live_connections', 'Open WebSocket connections');
  const skipped = metrics.counter(
    'live_skipped_total',
    'Live events not sent because a connection was slow or the rate too high',
  );
  return {
    requestDone: (method: string, status: number, tookSeconds: number): void =>
      requests.observe({ method, status: String(status) }, tookSeconds),
    requestFailed: (requestId: string, error: unknown): void =>
      log.error({ requestId, err: error }, 'a request failed'),
    auditFailed: (error: unknown): void => log.error({ err: error }, 'an audit entry could not be written'),
    liveConnections: (count: number): void => listeners.set(count),
    liveSkipped: (count: number): void => skipped.inc(count),
  };
}
