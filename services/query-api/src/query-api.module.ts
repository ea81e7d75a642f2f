/** Wires the service: the only place where domain, shell and HTTP meet. */
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { DynamicModule, INestApplication, Provider } from '@nestjs/common';
import { APP_FILTER, APP_GUARD, APP_PIPE, Reflector } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import type { OpenAPIObject } from '@nestjs/swagger';
import { SwaggerModule } from '@nestjs/swagger';
import type { Bus, Shell } from '@opmas/platform';
import { SecretBox } from '@opmas/platform';
import type { DataSource } from 'typeorm';
import { SignInLimit } from './auth/sign-in-limit.js';
import { Tokens } from './auth/tokens.js';
import { Attributions } from './commands/attributions.js';
import { ConfigWriter } from './commands/config-writer.js';
import { Decisions } from './commands/decisions.js';
import { Devices } from './commands/devices.js';
import { Users, ensureAdmin } from './commands/users.js';
import type { Config } from './config.js';
import { AccessGuard } from './http/access.js';
import { ActionsController } from './http/actions.controller.js';
import { AuthController } from './http/auth.controller.js';
import { DevicesController } from './http/devices.controller.js';
import { EventsController } from './http/events.controller.js';
import { FindingsController } from './http/findings.controller.js';
import { openApiDocument } from './http/openapi.js';
import { ProblemFilter } from './http/problem.filter.js';
import { requestMiddleware } from './http/requests.js';
import { SchemaPipe } from './http/schema.pipe.js';
import { SystemController } from './http/system.controller.js';
import { TemplatesController } from './http/templates.controller.js';
import { UnattributedController } from './http/unattributed.controller.js';
import { UsersController } from './http/users.controller.js';
import { LiveChanges } from './live/changes.js';
import { LiveHub } from './live/hub.js';
import { LiveServer } from './live/live-server.js';
import { Rates } from './live/rates.js';
import type { EventsFeed } from './projections/events/projection.js';
import type { Projections } from './projections/registry.js';
import { startProjections } from './projections/registry.js';
import { openDatabase } from './shell/database.js';
import { Reattribution } from './shell/reattribution.js';
import { openRedis } from './shell/redis.js';
import { startUpkeep } from './shell/upkeep.js';
import type { Signals } from './signals.js';
import { createSignals } from './signals.js';
import { ActionStore } from './stores/action-store.js';
import { AuditStore } from './stores/audit-store.js';
import { DeviceStore } from './stores/device-store.js';
import { EventStore } from './stores/event-store.js';
import { FindingStore } from './stores/finding-store.js';
import { OverviewStore } from './stores/overview-store.js';
import { Pipeline } from './stores/pipeline.js';
import { TemplateStore } from './stores/template-store.js';
import { UnattributedStore } from './stores/unattributed-store.js';
import { DocumentStore, UserStore } from './stores/user-store.js';

/** Ends what the module started, in order; Nest calls it when the process drains. */
class Ending {
  readonly #steps: (() => void | Promise<void>)[];

  constructor(steps: (() => void | Promise<void>)[]) {
    this.#steps = steps;
  }

  async onApplicationShutdown(): Promise<void> {
    for (const step of this.#steps) await step();
  }
}

const CONTROLLERS = [
  AuthController,
  EventsController,
  TemplatesController,
  FindingsController,
  ActionsController,
  DevicesController,
  UnattributedController,
  SystemController,
  UsersController,
];

/** Guard, filter, pipe: the same for every route. */
function globals(tokens: Tokens, signals: Signals): Provider[] {
  return [
    {
      provide: APP_GUARD,
      useFactory: (reflector: Reflector) => new AccessGuard(reflector, tokens),
      inject: [Reflector],
    },
    { provide: APP_FILTER, useValue: new ProblemFilter(signals) },
    { provide: APP_PIPE, useValue: new SchemaPipe() },
  ];
}

function openSecrets({ OPMAS_SECRET_KEY, OPMAS_SECRET_FILE }: Config): SecretBox {
  return OPMAS_SECRET_KEY === undefined
    ? SecretBox.fromFile(OPMAS_SECRET_FILE)
    : SecretBox.fromBase64(OPMAS_SECRET_KEY);
}

/** Committed events are counted, and shown to who listens. */
function liveFeed(hub: LiveHub, rates: Rates): EventsFeed {
  return {
    isWanted: () => hub.wantsEvents(),
    publish: (lines, total) => {
      rates.add(total);
      if (lines.length > 0) hub.publish({ channel: 'events', lines, total });
    },
  };
}

/** The read models, and under which class each is provided. */
function openStores(
  source: DataSource,
  ports: { bus: Bus; projections: Projections; rates: Rates; shards: number },
): { devices: DeviceStore; overview: OverviewStore; provided: [unknown, unknown][] } {
  const { bus, projections, rates, shards } = ports;
  const events = new EventStore(source);
  const actions = new ActionStore(source);
  const devices = new DeviceStore(source, () => projections.eventsNow());
  const pipeline = new Pipeline(bus, projections, shards);
  const overview = new OverviewStore({ source, events, actions, devices, rates, pipeline });
  return {
    devices,
    overview,
    provided: [
      [EventStore, events],
      [TemplateStore, new TemplateStore(source)],
      [FindingStore, new FindingStore(source)],
      [ActionStore, actions],
      [DeviceStore, devices],
      [UserStore, new UserStore(source)],
      [DocumentStore, new DocumentStore(source)],
      [AuditStore, new AuditStore(source)],
      [OverviewStore, overview],
    ],
  };
}

/** What people change, and under which class each command is provided. */
function openCommands(ports: {
  bus: Bus;
  projections: Projections;
  secrets: SecretBox;
  source: DataSource;
  shards: number;
}): { users: Users; provided: [unknown, unknown][] } {
  const { bus, projections, secrets, source, shards } = ports;
  const writer = new ConfigWriter(bus, projections);
  const users = new Users(writer, secrets);
  const unattributed = new UnattributedStore(source);
  return {
    users,
    provided: [
      [Users, users],
      [Devices, new Devices(writer, secrets)],
      [UnattributedStore, unattributed],
      [Attributions, new Attributions(writer, unattributed, shards)],
      [Decisions, new Decisions(bus, projections)],
    ],
  };
}

/** Opens the servers (waiting for Postgres as long as it takes), starts the projections, and answers the Nest module. */
export async function queryApiModule(shell: Shell<Config>): Promise<DynamicModule> {
  const { config, bus } = shell;
  let isEnded = false;
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => (isEnded = true));
  const signals = createSignals(shell);
  const secrets = openSecrets(config);
  const shared = openRedis(config.REDIS_URL, signals);
  const database = await openDatabase(config.DATABASE_URL, signals, () => isEnded);
  const { source } = database;
  const tokens = new Tokens(secrets.derive('api-tokens'), shared);
  const hub = new LiveHub(shell.instance, shared);
  const rates = new Rates(shared);
  const projections = startProjections({
    bus,
    database,
    signals,
    maxRows: config.OPMAS_BATCH_ROWS,
    takeOverMs: config.OPMAS_TAKE_OVER_MS,
    feed: liveFeed(hub, rates),
    changed: (items) => [changes, reattribution].forEach((listener) => listener.add(items)),
  });
  const reattribution = new Reattribution(database.pool, signals);
  const stores = openStores(source, { bus, projections, rates, shards: config.OPMAS_SHARDS });
  const changes = new LiveChanges(hub, stores.devices);
  const live = new LiveServer({ hub, tokens, overview: stores.overview, signals });
  const commands = openCommands({ bus, projections, secrets, source, shards: config.OPMAS_SHARDS });
  const { users } = commands;
  const stopUpkeep = startUpkeep(
    { database, projections, signals },
    { eventDays: config.OPMAS_EVENTS_DAYS, countDays: config.OPMAS_COUNTS_DAYS },
  );
  await hub.start();
  void ensureAdmin({ bus, users, signals, isEnded: () => isEnded }, config.OPMAS_ADMIN_PASSWORD);
  const values: [unknown, unknown][] = [
    [SecretBox, secrets],
    [Tokens, tokens],
    [SignInLimit, new SignInLimit(shared)],
    ...stores.provided,
    ...commands.provided,
    [LiveServer, live],
  ];
  const ending = new Ending([
    () => void (isEnded = true),
    () => [live, changes, hub].forEach((part) => part.stop()),
    stopUpkeep,
    ...[reattribution, projections].map((part) => () => part.stop()),
    ...[shared, database].map((server) => () => server.close()),
  ]);
  return {
    module: class QueryApiModule {},
    controllers: CONTROLLERS,
    providers: [
      ...values.map(([provide, useValue]) => ({ provide, useValue }) as Provider),
      { provide: Ending, useValue: ending },
      ...globals(tokens, signals),
    ],
  };
}

/** What Nest's application needs beside the module: middleware, OpenAPI, WebSockets. */
export function configureApi(app: INestApplication, shell: Shell<Config>): void {
  const signals = createSignals(shell);
  const audit = app.get(AuditStore);
  (app as NestExpressApplication).set('trust proxy', 'loopback');
  (app as NestExpressApplication).set('x-powered-by', false);
  app.use(requestMiddleware(signals, (entry) => audit.write(entry)));
  const document = openApiDocument(shell.build) as unknown as OpenAPIObject;
  SwaggerModule.setup('api/docs', app, document, {
    jsonDocumentUrl: 'api/docs-json',
    yamlDocumentUrl: 'api/docs-yaml',
  });
  const http = app.getHttpServer() as Server;
  app.get(LiveServer).attach(http);
  http.on('listening', () => signals.apiListening((http.address() as AddressInfo).port));
}
