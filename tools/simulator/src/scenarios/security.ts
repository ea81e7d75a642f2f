/** Attackers from the Internet: password guessing and port scanning. */
import { internetAddress } from '../device.js';
import { refusedSyn } from '../daemons/kernel.js';
import { guessedPasswords } from '../daemons/sessions.js';
import type { Incident, Scenario } from './scenario.js';
import { isGateway, victim } from './scenario.js';

const USERS = ['root', 'admin', 'root', 'ubnt', 'root', 'support', 'root', 'user'] as const;

/** 8 connections of 5 passwords each from one address within 30 s: 40 failed logins. */
export const bruteForce: Scenario = (stage) => {
  const device = victim(stage, isGateway);
  const address = internetAddress(stage.random);
  return USERS.map((userName, index): Incident => ({
    atMicros: stage.atMicros + index * 3.8e6,
    device,
    write: (script) => guessedPasswords(device, script, { address, userName, attempts: 5, everyMs: 650 }),
  }));
};

/** One source tries 80 different closed ports of one router within 16 s. */
export const portScan: Scenario = (stage) => {
  const device = victim(stage, isGateway);
  const address = internetAddress(stage.random);
  const firstPort = stage.random.between(1, 900);
  const incidents: Incident[] = [];
  for (let step = 0; step < 80; step++) {
    incidents.push({
      atMicros: stage.atMicros + step * 200_000,
      device,
      write: (script) => refusedSyn(device, script, address, firstPort + step * 7),
    });
  }
  return incidents;
};
