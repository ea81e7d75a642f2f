/** Scenarios by name. */
import { oom, wanFlap } from './plant.js';
import type { Incident, Scenario } from './scenario.js';
import { bruteForce, portScan } from './security.js';
import { deauthFlood, wifiAuthFailures } from './wireless.js';

/** Everything, one trouble after the other; seconds after the first. */
const mixed: Scenario = (stage) => {
  const programme: [Scenario, number][] = [
    [bruteForce, 0],
    [oom, 10],
    [portScan, 15],
    [deauthFlood, 25],
    [wifiAuthFailures, 30],
    [wanFlap, 40],
  ];
  const incidents: Incident[] = programme.flatMap(([scenario, seconds]) =>
    scenario({ ...stage, atMicros: stage.atMicros + seconds * 1e6 }),
  );
  return incidents.sort((a, b) => a.atMicros - b.atMicros);
};

const SCENARIOS = {
  quiet: () => [],
  'brute-force': bruteForce,
  'wifi-auth-failures': wifiAuthFailures,
  'deauth-flood': deauthFlood,
  'port-scan': portScan,
  'wan-flap': wanFlap,
  oom,
  mixed,
} satisfies Record<string, Scenario>;

export type ScenarioName = keyof typeof SCENARIOS;

export const SCENARIO_NAMES = Object.keys(SCENARIOS) as ScenarioName[];

export function isScenarioName(text: string): text is ScenarioName {
  return Object.hasOwn(SCENARIOS, text);
}

export function scenarioNamed(name: ScenarioName): Scenario {
  return SCENARIOS[name];
}
