/** Where the workflow meets the world: the only module of the service. */
import type { DynamicModule, OnApplicationBootstrap, OnApplicationShutdown } from '@nestjs/common';
import { Module } from '@nestjs/common';
import type { ActionsParts } from './shell/actions-service.js';
import { ActionsService } from './shell/actions-service.js';

class ActionsRunner implements OnApplicationBootstrap, OnApplicationShutdown {
  readonly #service: ActionsService;

  constructor(service: ActionsService) {
    this.#service = service;
  }

  onApplicationBootstrap(): Promise<void> {
    return this.#service.start();
  }

  onApplicationShutdown(): Promise<void> {
    return this.#service.stop();
  }
}

@Module({})
export class ActionsModule {
  static with(parts: ActionsParts): DynamicModule {
    return {
      module: ActionsModule,
      providers: [{ provide: ActionsRunner, useFactory: () => new ActionsRunner(new ActionsService(parts)) }],
    };
  }
}
