/** What a daemon says in one go: lines with the pauses between them, and what each is meant to be read as. */
import { kernelStamp } from './clock-text.js';
import type { Device } from './device.js';

/** Syslog PRI values: facility * 8 + severity. */
export const PRI = {
  kernErr: 3,
  kernWarn: 4,
  kernInfo: 6,
  userNotice: 13,
  userInfo: 14,
  daemonErr: 27,
  daemonWarn: 28,
  daemonNotice: 29,
  daemonInfo: 30,
  cronErr: 75,
  authprivWarn: 84,
  authprivNotice: 85,
  authprivInfo: 86,
} as const;

export interface ScriptLine {
  atMicros: number;
  /** Breaks ties: lines of one instant keep the order in which they were said. */
  order: number;
  device: Device;
  priority: number;
  /** Tag and message: `hostapd: phy0-ap0: AP-STA-CONNECTED ...`. */
  body: string;
  /** The event type that a reader should find in it; null where the simulator makes no claim. */
  intent: string | null;
}

/** Collects the lines of one or more scripts. One writer serves a whole fleet, so that `order` is global. */
export class ScriptWriter {
  readonly #deliver: (line: ScriptLine) => void;
  #order = 0;
  #device: Device | null = null;
  #atMicros = 0;
  #said = 0;

  constructor(deliver: (line: ScriptLine) => void) {
    this.#deliver = deliver;
  }

  /** Starts a script of one device at an instant. */
  begin(device: Device, atMicros: number): this {
    this.#device = device;
    this.#atMicros = atMicros;
    this.#said = 0;
    return this;
  }

  /** Lines said since `begin`. */
  get said(): number {
    return this.#said;
  }

  get atMicros(): number {
    return this.#atMicros;
  }

  wait(millis: number): this {
    this.#atMicros += Math.round(millis * 1000);
    return this;
  }

  say(priority: number, body: string, intent: string | null = null): this {
    if (!this.#device) throw new Error('say() before begin()');
    this.#said++;
    this.#deliver({ atMicros: this.#atMicros, order: this.#order++, device: this.#device, priority, body, intent });
    return this;
  }

  /** A line of the kernel's ring buffer, with the time since boot. */
  kernel(priority: number, text: string, intent: string | null = null): this {
    const boot = this.#device ? this.#device.bootMicros : 0;
    return this.say(priority, `kernel: ${kernelStamp(this.#atMicros - boot)} ${text}`, intent);
  }
}
