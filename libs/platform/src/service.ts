/** One way to boot a service: configuration, telemetry, health, NATS, streams, Nest; and one way to end it. */
import type { DynamicModule, INestApplication, INestApplicationContext } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { CustomTransportStrategy } from '@nestjs/microservices';
import type { z } from 'zod';
import type { BaseConfig } from './config.js';
import { parseEnv } from './config.js';
import { Health, serveHealth } from './health.js';
import type { Bus } from './nats/bus.js';
import { connectBus } from './nats/bus.js';
import { ensureStreams } from './nats/provision.js';
import type { Log } from './telemetry/log.js';
import { createLog, nestLogger } from './telemetry/log.js';
import type { Metrics } from './telemetry/metrics.js';
import { createMetrics } from './telemetry/metrics.js';
import { startTracing } from './telemetry/tracing.js';

/** What every part of a service may use. */
export interface Shell<C extends BaseConfig = BaseConfig> {
  name: string;
  instance: string;
  build: string;
  config: C;
  log: Log;
  metrics: Metrics;
  health: Health;
  bus: Bus;
}

export interface ServiceDefinition<S extends z.ZodType<BaseConfig>> {
  name: string;
  config: S;
  /** Called before NATS is there: what the service does without it can be shown from then on. */
  probed?(metrics: Metrics, health: Health): void;
  /** The root module. */
  module(shell: Shell<z.infer<S>>): DynamicModule | Promise<DynamicModule>;
  /** The transport whose handlers the module's controllers declare. */
  strategy?(shell: Shell<z.infer<S>>): CustomTransportStrategy;
  /** A public HTTP server by Nest, beside the health server. */
  http?: {
    listen(config: z.infer<S>): { port: number; host: string };
    configure?(app: INestApplication, shell: Shell<z.infer<S>>): void | Promise<void>;
  };
}

const DRAIN_LIMIT_MS = 20_000;
const PARENT_CHECK_MS = 1000;

async function bootNest<S extends z.ZodType<BaseConfig>>(
  definition: ServiceDefinition<S>,
  shell: Shell<z.infer<S>>,
): Promise<INestApplicationContext> {
  const module = await definition.module(shell);
  const logger = nestLogger(shell.log);
  const strategy = definition.strategy?.(shell);
  if (!definition.http) {
    if (!strategy) return (await NestFactory.createApplicationContext(module, { logger })).init();
    const service = await NestFactory.createMicroservice(module, { strategy, logger });
    await service.listen();
    return service;
  }
  const app = await NestFactory.create(module, { logger });
  await definition.http.configure?.(app, shell);
  if (strategy) app.connectMicroservice({ strategy });
  await app.startAllMicroservices();
  const { port, host } = definition.http.listen(shell.config);
  await app.listen(port, host);
  return app;
}

/** Resolves at the first signal to end, or when the process that started this one is gone. */
function endRequested(parentPid: number | undefined): Promise<string> {
  return new Promise((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => resolve(signal));
    if (parentPid === undefined) return;
    setInterval(() => {
      try {
        process.kill(parentPid, 0);
      } catch {
        resolve(`process ${parentPid}, which started this one, is gone`);
      }
    }, PARENT_CHECK_MS).unref();
  });
}

/** A failed start names its cause: what is in the way, and which variable changes it. */
function startFault(error: unknown): string {
  const fault = error as NodeJS.ErrnoException & { port?: number };
  if (fault.code === 'EADDRINUSE') return `port ${fault.port} is in use: end the other process, or set another port`;
  return fault.message;
}

/** Boots the service and stays until it is told to end. The process ends with 0, with 1 after a fault, 78 for bad configuration. */
export async function runService<S extends z.ZodType<BaseConfig>>(definition: ServiceDefinition<S>): Promise<void> {
  const config = parseEnv(definition.config);
  const log = createLog(definition.name, config.LOG_LEVEL);
  const metrics = createMetrics(definition.name);
  const health = new Health();
  health.set('started', false, 'the service is starting');
  const ended = endRequested(config.OPMAS_PARENT_PID);
  const stopTracing = startTracing(definition.name, config.OTEL_EXPORTER_OTLP_ENDPOINT);
  process.on('unhandledRejection', (reason) => log.error({ err: reason }, 'an unhandled rejection'));
  try {
    definition.probed?.(metrics, health);
    const probe = await serveHealth(health, metrics, { port: config.HTTP_PORT, host: config.HTTP_HOST });
    log.info({ port: probe.port, build: config.OPMAS_BUILD, instance: config.OPMAS_INSTANCE }, 'listening');
    let hasBooted = false;
    void ended.then((reason) => {
      if (hasBooted) exitAfter(DRAIN_LIMIT_MS, log, reason);
      else endUnbooted(log, reason);
    });
    const bus = await connectBus({ url: config.NATS_URL, name: `opmas-${definition.name}`, log, health });
    await ensureStreams(bus, {
      duplicateWindowMs: config.OPMAS_DUPLICATE_WINDOW_MS,
      replicas: config.OPMAS_REPLICAS,
      ...(config.OPMAS_STREAMS_MIB === undefined ? {} : { totalMib: config.OPMAS_STREAMS_MIB }),
    });
    const shell: Shell<z.infer<S>> = {
      name: definition.name,
      instance: config.OPMAS_INSTANCE,
      build: config.OPMAS_BUILD,
      config,
      log,
      metrics,
      health,
      bus,
    };
    const app = await bootNest(definition, shell);
    hasBooted = true;
    health.set('started', true);
    log.info('ready');
    const reason = await ended;
    log.info({ reason }, 'draining');
    health.set('started', false, 'draining');
    await app.close();
    await bus.close();
    await stopTracing();
    probe.server.close();
    log.info('ended');
    process.exit(0);
  } catch (error) {
    log.fatal({ err: error }, startFault(error));
    process.exit(1);
  }
}

/** Nothing was taken on yet, so there is nothing to drain: what waits for a server may be cut short. */
function endUnbooted(log: Log, reason: string): void {
  log.info({ reason }, 'ended before the start was complete');
  process.exit(0);
}

function exitAfter(limitMs: number, log: Log, reason: string): void {
  setTimeout(() => {
    log.error({ limitMs, reason }, 'draining took too long, ending now');
    process.exit(1);
  }, limitMs).unref();
}
