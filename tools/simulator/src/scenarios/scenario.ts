/** A scenario: trouble that befalls a fleet at fixed instants, on top of its everyday talk. */
import type { Device } from '../device.js';
import type { Random } from '../random.js';
import type { ScriptWriter } from '../script.js';

/** One piece of trouble: at `atMicros`, `device` says what `write` writes. */
export interface Incident {
  atMicros: number;
  device: Device;
  write: (script: ScriptWriter) => void;
}

export interface ScenarioStage {
  devices: readonly Device[];
  random: Random;
  /** When the first trouble begins. */
  atMicros: number;
}

/** One outbreak, in order of time. It is played again after `REPEAT_SECONDS` with the stage's next victims. */
export type Scenario = (stage: ScenarioStage) => Incident[];

/** Seconds of stream time before the first outbreak: the rules see an ordinary fleet first. */
export const FIRST_OUTBREAK_SECONDS = 5;
export const REPEAT_SECONDS = 900;

/** A router that has what the trouble needs; any router where none has. */
export function victim(stage: ScenarioStage, suits: (device: Device) => boolean): Device {
  const suitable = stage.devices.filter(suits);
  return stage.random.pick(suitable.length > 0 ? suitable : stage.devices);
}

export function isGateway(device: Device): boolean {
  return device.role === 'gateway';
}
