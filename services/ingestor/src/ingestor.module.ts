/** Ties the ingestor's life to Nest's. */
import { Module } from '@nestjs/common';
import type { DynamicModule, OnApplicationShutdown } from '@nestjs/common';
import type { Shell } from '@opmas/platform';
import type { IngestorConfig } from './config.js';
import type { Ingestor } from './shell/ingestor.js';

@Module({})
export class IngestorModule {
  /** Attaches an ingestor, whose ports are open already, to NATS. */
  static async for(shell: Shell<IngestorConfig>, ingestor: Ingestor): Promise<DynamicModule> {
    await ingestor.attach(shell);
    const life: OnApplicationShutdown = { onApplicationShutdown: () => ingestor.close() };
    return { module: IngestorModule, providers: [{ provide: 'ingestor', useValue: life }] };
  }
}
