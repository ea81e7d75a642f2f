import { Body, Controller, Get, Inject, Param, Patch, Put, Query } from '@nestjs/common';
import type { z } from 'zod';
import { Devices } from '../commands/devices.js';
import type { Page } from '../domain/pages.js';
import type { DeviceItem } from '../stores/device-store.js';
import { DeviceStore } from '../stores/device-store.js';
import { Needs } from './access.js';
import { notFound } from './problem.js';
import { deviceBody, devicesQuery, sshBody, tokenParam } from './queries.js';

type Id = z.infer<typeof tokenParam>;

@Controller('api/v1/devices')
export class DevicesController {
  readonly #store: DeviceStore;
  readonly #devices: Devices;

  constructor(@Inject(DeviceStore) store: DeviceStore, @Inject(Devices) devices: Devices) {
    this.#store = store;
    this.#devices = devices;
  }

  @Get()
  list(@Query({ schema: devicesQuery }) query: z.infer<typeof devicesQuery>): Promise<Page<DeviceItem>> {
    return this.#store.list(query, query.limit, query.cursor ?? null);
  }

  @Get(':id')
  async one(@Param({ schema: tokenParam }) { id }: Id): Promise<DeviceItem> {
    const device = await this.#store.byId(id);
    if (device === null) throw notFound('device', id);
    return device;
  }

  @Needs('operator')
  @Patch(':id')
  async change(
    @Param({ schema: tokenParam }) param: Id,
    @Body({ schema: deviceBody }) body: z.infer<typeof deviceBody>,
  ): Promise<DeviceItem> {
    await this.#devices.change(param.id, body);
    return this.one(param);
  }

  @Needs('admin')
  @Put(':id/ssh')
  async setSsh(
    @Param({ schema: tokenParam }) param: Id,
    @Body({ schema: sshBody }) body: z.infer<typeof sshBody>,
  ): Promise<DeviceItem> {
    await this.#devices.setSsh(param.id, body);
    return this.one(param);
  }
}
