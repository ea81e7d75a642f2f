/** The fleet: routers that talk, in order of time, as long as one listens. */
import { DailyRound } from './activities.js';
import { syslogStamp } from './clock-text.js';
import type { Device } from './device.js';
import { createDevice } from './device.js';
import { LineHeap } from './line-heap.js';
import { Random } from './random.js';
import type { ScenarioName } from './scenarios/registry.js';
import { scenarioNamed } from './scenarios/registry.js';
import type { Incident } from './scenarios/scenario.js';
import { FIRST_OUTBREAK_SECONDS, REPEAT_SECONDS } from './scenarios/scenario.js';
import type { ScriptLine } from './script.js';
import { PRI, ScriptWriter } from './script.js';

export interface FleetOptions {
  /** Number of routers, from 1. */
  devices: number;
  /** Any text; the same seed gives the same bytes. */
  seed: string;
  scenario: ScenarioName;
  /** Lines a second of the whole fleet's everyday talk, token lines included; a scenario's lines come on top. */
  rate: number;
  /** The instant of the first line, µs since the epoch. */
  startMicros: number;
  /**
   * After every n-th line the same router says `opmas-sim: token=<seed>-<number>`, so that a test can count what arrives
   * exactly. 0 or absent: no tokens. With 1, half of the rate is tokens.
   */
  tokenEvery?: number;
}

/** One line as the router's logread would put it on the wire, without a trailer. */
export interface SimulatedLine {
  /** When the router says it, µs since the epoch; never going back. */
  atMicros: number;
  deviceIndex: number;
  hostname: string;
  line: string;
  /** The event type that a parser should find in it; null where the simulator makes no claim. */
  intent: string | null;
  /** `<seed>-<number>` on a token line, else null. */
  token: string | null;
}

export interface Fleet extends Iterable<SimulatedLine> {
  hostnames: readonly string[];
  /** The lines from the first on, without end; each call begins anew. */
  [Symbol.iterator](): Iterator<SimulatedLine, never>;
}

/** A fleet of simulated routers. Throws a RangeError on an option out of its range. */
export function createFleet(options: FleetOptions): Fleet {
  if (!Number.isInteger(options.devices) || options.devices < 1) throw new RangeError('devices: a whole number from 1');
  if (!(options.rate > 0)) throw new RangeError('rate: more than 0 lines a second');
  const every = options.tokenEvery ?? 0;
  if (!Number.isInteger(every) || every < 0) throw new RangeError('tokenEvery: a whole number from 0');
  return {
    hostnames: createDevices(options).map((device) => device.hostname),
    [Symbol.iterator]: () => new Conversation(options),
  };
}

function createDevices(options: FleetOptions): Device[] {
  return Array.from({ length: options.devices }, (_, index) => createDevice(options.seed, index, options.startMicros));
}

/** One run of the fleet. Everyday talk is started at the rate asked for; a script's lines keep their own pauses. */
class Conversation implements Iterator<SimulatedLine, never> {
  readonly #devices: Device[];
  readonly #rounds: DailyRound[];
  readonly #random: Random;
  readonly #heap = new LineHeap();
  readonly #script: ScriptWriter;
  readonly #microsPerLine: number;
  readonly #tokenEvery: number;
  readonly #seed: string;
  readonly #incidents: Iterator<Incident>;
  #incident: Incident | null;
  #roundAtMicros: number;
  #emitted = 0;
  #tokens = 0;
  #tokenAfter: ScriptLine | null = null;

  constructor(options: FleetOptions) {
    this.#devices = createDevices(options);
    this.#rounds = this.#devices.map((device) => new DailyRound(device));
    this.#random = new Random(`${options.seed}/schedule`);
    this.#script = new ScriptWriter((line) => this.#heap.push(line));
    this.#tokenEvery = options.tokenEvery ?? 0;
    const share = this.#tokenEvery === 0 ? 1 : this.#tokenEvery / (this.#tokenEvery + 1);
    this.#microsPerLine = 1e6 / (options.rate * share);
    this.#seed = options.seed;
    this.#roundAtMicros = options.startMicros;
    this.#incidents = outbreaks(options, this.#devices);
    this.#incident = this.#incidents.next().value as Incident | null;
  }

  next(): IteratorYieldResult<SimulatedLine> {
    const line = this.#tokenAfter;
    return { done: false, value: line ? this.#sayToken(line) : this.#sayNext() };
  }

  #sayNext(): SimulatedLine {
    while (this.#heap.earliestMicros > Math.min(this.#roundAtMicros, this.#incident?.atMicros ?? Infinity)) {
      this.#startSomething();
    }
    const line = this.#heap.pop();
    if (!line) throw new Error('a fleet that has nothing to say');
    if (this.#tokenEvery > 0 && ++this.#emitted % this.#tokenEvery === 0) this.#tokenAfter = line;
    return wireLine(line.device, line.atMicros, line.priority, line.body, line.intent, null);
  }

  #sayToken(after: ScriptLine): SimulatedLine {
    this.#tokenAfter = null;
    const token = `${this.#seed}-${this.#tokens++}`;
    return wireLine(after.device, after.atMicros, PRI.userNotice, `opmas-sim: token=${token}`, null, token);
  }

  #startSomething(): void {
    const incident = this.#incident;
    if (incident && incident.atMicros <= this.#roundAtMicros) {
      incident.write(this.#script.begin(incident.device, incident.atMicros));
      this.#incident = this.#incidents.next().value as Incident | null;
      return;
    }
    const index = this.#random.below(this.#devices.length);
    const device = this.#devices[index];
    const round = this.#rounds[index];
    if (!device || !round) throw new Error(`no router ${index}`);
    round.next(this.#script.begin(device, Math.floor(this.#roundAtMicros)));
    this.#roundAtMicros += this.#script.said * this.#microsPerLine * (0.5 + this.#random.fraction());
  }
}

/** A scenario's incidents without end, outbreak after outbreak; null at once where the scenario has none. */
function* outbreaks(options: FleetOptions, devices: Device[]): Generator<Incident, null> {
  const scenario = scenarioNamed(options.scenario);
  const random = new Random(`${options.seed}/scenario`);
  for (let outbreak = 0; ; outbreak++) {
    const seconds = FIRST_OUTBREAK_SECONDS + outbreak * REPEAT_SECONDS;
    const incidents = scenario({ devices, random, atMicros: options.startMicros + seconds * 1e6 });
    if (incidents.length === 0) return null;
    yield* incidents;
  }
}

function wireLine(
  device: Device,
  atMicros: number,
  priority: number,
  body: string,
  intent: string | null,
  token: string | null,
): SimulatedLine {
  const { index: deviceIndex, hostname } = device;
  const line = `<${priority}>${syslogStamp(atMicros)} ${hostname} ${body}`;
  return { atMicros, deviceIndex, hostname, line, intent, token };
}
