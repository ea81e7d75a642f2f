/** Lines that swing and memory that runs out. */
import { outOfMemory } from '../daemons/kernel.js';
import { wanSwing } from '../daemons/netifd.js';
import type { Incident, Scenario } from './scenario.js';
import { isGateway, victim } from './scenario.js';

/** The WAN goes down and comes back 8 times, 6 s apart. */
export const wanFlap: Scenario = (stage) => {
  const device = victim(stage, isGateway);
  return Array.from({ length: 8 }, (_, swing): Incident => ({
    atMicros: stage.atMicros + swing * 6e6,
    device,
    write: (script) => wanSwing(device, script, 2500),
  }));
};

/** The OOM killer takes two processes of one router, 4 s apart. */
export const oom: Scenario = (stage) => {
  const device = victim(stage, () => true);
  return ['smartdns', 'uhttpd'].map((processName, index): Incident => ({
    atMicros: stage.atMicros + index * 4e6,
    device,
    write: (script) => outOfMemory(device, script, processName),
  }));
};
