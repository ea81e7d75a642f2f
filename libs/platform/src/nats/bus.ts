/** The connection to NATS: reconnects for ever, and tells who listens that it did. */
import type { JetStreamClient, JetStreamManager, NatsConnection } from 'nats';
import { Events, connect } from 'nats';
import type { Health } from '../health.js';
import type { Log } from '../telemetry/log.js';
import { readNatsUrl } from './nats-url.js';

export interface Bus {
  nc: NatsConnection;
  js: JetStreamClient;
  jsm: JetStreamManager;
  /** Called after every reconnect; answers a function that ends the listening. */
  onReconnect(listener: () => void): () => void;
  /** Called whenever the connection is lost: what was sent and not answered will not be answered. */
  onDisconnect(listener: () => void): () => void;
  /** True while the connection is down. */
  isDown(): boolean;
  close(): Promise<void>;
}

export interface BusOptions {
  /** As `readNatsUrl` takes it, credentials included. */
  url: string;
  name: string;
  log: Log;
  health?: Health;
}

const RETRY_MS = 1000;
/** Short, because a server that just came back drops requests while it still recovers its streams. */
const API_TIMEOUT_MS = 1500;

async function connectForEver(options: BusOptions): Promise<NatsConnection> {
  const { shown, ...address } = readNatsUrl(options.url);
  for (;;) {
    try {
      return await connect({
        ...address,
        name: options.name,
        maxReconnectAttempts: -1,
        reconnectTimeWait: 200,
        reconnectJitter: 100,
        pingInterval: 5000,
        maxPingOut: 2,
        timeout: 3000,
        // A stack trace for every publish costs more than the publish.
        noAsyncTraces: true,
      });
    } catch (error) {
      options.health?.set('nats', false, `cannot connect to ${shown}: ${(error as Error).message}`);
      options.log.warn({ url: shown, reason: (error as Error).message }, 'NATS is not there yet, trying again');
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
    }
  }
}

/** Connects, waiting for the server as long as it takes. */
export async function connectBus(options: BusOptions): Promise<Bus> {
  const nc = await connectForEver(options);
  const listeners = new Set<() => void>();
  const lossListeners = new Set<() => void>();
  let down = false;
  options.health?.set('nats', true, nc.getServer());
  void (async () => {
    for await (const status of nc.status()) {
      if (status.type === Events.Disconnect) {
        down = true;
        options.health?.set('nats', false, `disconnected from ${readNatsUrl(options.url).shown}`);
        options.log.warn('NATS connection lost, reconnecting');
        for (const listener of [...lossListeners]) listener();
      } else if (status.type === Events.Reconnect) {
        down = false;
        options.health?.set('nats', true, nc.getServer());
        options.log.info('NATS connection is back');
        for (const listener of [...listeners]) listener();
      }
    }
  })();
  return {
    nc,
    js: nc.jetstream({ timeout: 5000 }),
    jsm: await nc.jetstreamManager({ checkAPI: false, timeout: API_TIMEOUT_MS }),
    onReconnect: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    onDisconnect: (listener) => {
      lossListeners.add(listener);
      return () => lossListeners.delete(listener);
    },
    isDown: () => down,
    close: async () => {
      listeners.clear();
      lossListeners.clear();
      if (!nc.isClosed()) await nc.close();
    },
  };
}
