/**
 * One device's clock as its lines show it: how far it is from the ingestor's (a running median), when it was set, and
 * when the device started. A fold over the lines of the device; nothing else is known of its clock.
 */
import { KernelBoots } from './kernel-boots.js';
import type { BootSnapshot } from './kernel-boots.js';

/** What one line says about time, in µs since the epoch (uptime: since boot). */
export interface ClockReading {
  receivedMicros: number;
  /** The line's own stamp; null where it has none. */
  deviceMicros: number | null;
  uptimeMicros: number | null;
  /** False while the stamp's zone is only assumed: then a jump of whole quarters of an hour is a change of zone. */
  isZoneKnown: boolean;
  /** What the line is known to say: the kernel's first line, or logread's of its connection. */
  mark: 'boot' | 'log-connected' | null;
  /** Seconds by which a time daemon says that it set the clock; null on any other line. */
  setBySeconds: number | null;
}

/** How the time of a line is to be taken. */
export interface ClockVerdict {
  /** µs that the device is behind the ingestor: the median where there is one, else this line's. */
  skewMicros: number;
  /** The clock was not set since the device started. */
  isUnsynced: boolean;
}

/** What a line showed of its device. Seconds are positive where the clock went forward. */
export interface ClockNotice {
  clockStepSeconds: number | null;
  /** The device started again: its number in the device's life as heard here, from 1, and when, by the ingestor's clock. */
  boot: { number: number; micros: number } | null;
}

export interface ClockLimits {
  /** A jump of at least this much is a step of the clock. */
  stepMicros: number;
  /** A clock that is slow by more than this was never set since boot. */
  unsyncedMicros: number;
}

/** Samples of the median: one a second of receipt at most, so that a burst of late lines counts once. */
const SAMPLES = 31;
/** Fewer are no median: each line then speaks for itself. */
const ENOUGH = 5;
/** Lines, and time of receipt, over which a jump must hold: lines that come late do not keep their distance. */
const STEP_LINES = 3;
const STEP_HOLDS_MICROS = 2e6;
const QUARTER_HOUR_MICROS = 900e6;
const ZONE_SLACK_MICROS = 2e6;
const ONE_SETTING_MICROS = 10e6;
const MILLI = 1000;

interface Jump {
  offset: number;
  lines: number;
  sinceMicros: number;
}

/** Offsets are ms: a snapshot of many devices stays small. */
export interface ClockSnapshot {
  offsets: number[];
  second: number;
  jump: Jump | null;
  unsynced: number | null;
  before: number | null;
  setAt: number | null;
  boots: BootSnapshot;
}

export class DeviceClock {
  /** received − device in ms, oldest first. */
  #offsets: number[] = [];
  #sorted: number[] = [];
  #sampledSecond = 0;
  #jump: Jump | null = null;
  /** Offset of the last line from before the clock was set; null once it is. */
  #unsynced: number | null = null;
  /** The median before the device started again; the clock is set when it is back there. Null: nothing to compare with. */
  #beforeBoot: number | null = null;
  /** When a time daemon last said that it set the clock: two of them, or one in two lines, tell of one step. */
  #setAt: number | null = null;
  readonly #boots: KernelBoots;
  readonly #verdict: ClockVerdict = { skewMicros: 0, isUnsynced: false };

  constructor(boots = new KernelBoots()) {
    this.#boots = boots;
  }

  static restore(snapshot: ClockSnapshot): DeviceClock {
    const clock = new DeviceClock(new KernelBoots(snapshot.boots));
    clock.#offsets = [...snapshot.offsets];
    clock.#sorted = [...snapshot.offsets].sort((a, b) => a - b);
    clock.#sampledSecond = snapshot.second;
    clock.#jump = snapshot.jump === null ? null : { ...snapshot.jump };
    clock.#unsynced = snapshot.unsynced;
    clock.#beforeBoot = snapshot.before;
    clock.#setAt = snapshot.setAt;
    return clock;
  }

  snapshot(): ClockSnapshot {
    return {
      offsets: [...this.#offsets],
      second: this.#sampledSecond,
      jump: this.#jump === null ? null : { ...this.#jump },
      unsynced: this.#unsynced,
      before: this.#beforeBoot,
      setAt: this.#setAt,
      boots: this.#boots.snapshot(),
    };
  }

  get boots(): KernelBoots {
    return this.#boots;
  }

  /** µs that the device is behind the ingestor; null while too few lines have told. */
  get skewMicros(): number | null {
    const median = this.#median();
    return median === null ? null : median * MILLI;
  }

  /** Stamps are read in another zone from now on: what they showed before says nothing of them. */
  forgetOffsets(): void {
    this.#clear();
    this.#unsynced = null;
    this.#beforeBoot = null;
  }

  /** Takes a line in; null where it showed nothing new. The verdict on the line stands in `verdict` afterwards. */
  take(reading: ClockReading, limits: ClockLimits): ClockNotice | null {
    const { receivedMicros, deviceMicros } = reading;
    const offset = deviceMicros === null ? null : Math.round((receivedMicros - deviceMicros) / MILLI);
    const boot = this.#bootOf(reading, offset, limits);
    if (boot !== null) this.#restarted();
    const step = offset === null ? null : this.#stepOf(reading, offset, limits);
    return boot === null && step === null ? null : { clockStepSeconds: step, boot };
  }

  /** The verdict on the line taken last; the object is used again for the next. */
  get verdict(): Readonly<ClockVerdict> {
    return this.#verdict;
  }

  #bootOf(reading: ClockReading, offset: number | null, limits: ClockLimits): ClockNotice['boot'] {
    const { receivedMicros, deviceMicros, uptimeMicros, mark } = reading;
    if (uptimeMicros !== null) {
      const number = this.#boots.uptime(uptimeMicros, receivedMicros, deviceMicros, mark === 'boot');
      return number === null ? null : { number, micros: receivedMicros - uptimeMicros };
    }
    const median = this.#median();
    const isBack = offset !== null && median !== null && (offset - median) * MILLI >= limits.stepMicros;
    // A log that connects anew says little; with a clock that went back it is the start of a router without a clock chip.
    if (mark === 'boot' || (mark === 'log-connected' && isBack)) {
      const number = this.#boots.announced(receivedMicros);
      return number === null ? null : { number, micros: receivedMicros };
    }
    return null;
  }

  #restarted(): void {
    this.#beforeBoot = this.#median() ?? this.#beforeBoot;
    this.#clear();
  }

  #clear(): void {
    this.#offsets = [];
    this.#sorted = [];
    this.#sampledSecond = 0;
    this.#jump = null;
  }

  #stepOf(reading: ClockReading, offset: number, limits: ClockLimits): number | null {
    if (reading.setBySeconds !== null) return this.#wasSet(reading, offset, limits);
    if (this.#isUnsynced(offset, limits)) {
      this.#unsynced = offset;
      return this.#judge(offset * MILLI, true);
    }
    this.#beforeBoot = null;
    const unsynced = this.#unsynced;
    if (unsynced !== null) {
      this.#unsynced = null;
      this.#clear();
      this.#sample(offset, reading.receivedMicros);
      this.#judge(offset * MILLI, false);
      return stepSeconds((unsynced - offset) * MILLI, limits);
    }
    const step = this.#jumped(reading, offset, limits);
    this.#judge((this.#median() ?? offset) * MILLI, false);
    return step;
  }

  #judge(skewMicros: number, isUnsynced: boolean): null {
    this.#verdict.skewMicros = skewMicros;
    this.#verdict.isUnsynced = isUnsynced;
    return null;
  }

  #wasSet({ receivedMicros, setBySeconds }: ClockReading, offset: number, limits: ClockLimits): number | null {
    const isToldAlready = this.#setAt !== null && Math.abs(receivedMicros - this.#setAt) < ONE_SETTING_MICROS;
    this.#setAt = receivedMicros;
    this.#unsynced = null;
    this.#beforeBoot = null;
    if (!isToldAlready && Math.abs(setBySeconds!) * 1e6 >= limits.stepMicros) this.#clear();
    this.#sample(offset, receivedMicros);
    this.#judge((this.#median() ?? offset) * MILLI, offset * MILLI > limits.unsyncedMicros);
    return isToldAlready ? null : stepSeconds(setBySeconds! * 1e6, limits);
  }

  /** Behind by more than any late line, or, after a start, still behind where the clock was before. */
  #isUnsynced(offset: number, limits: ClockLimits): boolean {
    if (offset * MILLI > limits.unsyncedMicros) return true;
    return this.#beforeBoot !== null && (offset - this.#beforeBoot) * MILLI >= limits.stepMicros;
  }

  /** A distance to the median that several lines in a row keep is a step; one that they do not keep is delay. */
  #jumped({ receivedMicros, isZoneKnown }: ClockReading, offset: number, limits: ClockLimits): number | null {
    const median = this.#median();
    if (median === null || Math.abs(offset - median) * MILLI < limits.stepMicros) {
      this.#jump = null;
      this.#sample(offset, receivedMicros);
      return null;
    }
    const jump = this.#jump;
    if (jump === null || Math.abs(offset - jump.offset) * MILLI > limits.stepMicros / 2) {
      this.#jump = { offset, lines: 1, sinceMicros: receivedMicros };
      return null;
    }
    jump.lines++;
    if (jump.lines < STEP_LINES || receivedMicros - jump.sinceMicros < STEP_HOLDS_MICROS) return null;
    this.#clear();
    this.#sample(offset, receivedMicros);
    const step = (median - offset) * MILLI;
    return !isZoneKnown && isChangeOfZone(step) ? null : stepSeconds(step, limits);
  }

  #sample(offset: number, receivedMicros: number): void {
    const second = Math.floor(receivedMicros / 1e6);
    if (second === this.#sampledSecond) return;
    this.#sampledSecond = second;
    if (this.#offsets.length === SAMPLES) {
      const oldest = this.#offsets.shift()!;
      this.#sorted.splice(this.#sorted.indexOf(oldest), 1);
    }
    this.#offsets.push(offset);
    let at = this.#sorted.length;
    while (at > 0 && this.#sorted[at - 1]! > offset) at--;
    this.#sorted.splice(at, 0, offset);
  }

  #median(): number | null {
    const { length } = this.#sorted;
    return length < ENOUGH ? null : this.#sorted[length >> 1]!;
  }
}

function stepSeconds(micros: number, limits: ClockLimits): number | null {
  return Math.abs(micros) >= limits.stepMicros ? micros / 1e6 : null;
}

function isChangeOfZone(stepMicros: number): boolean {
  const quarters = Math.round(stepMicros / QUARTER_HOUR_MICROS);
  return quarters !== 0 && Math.abs(stepMicros - quarters * QUARTER_HOUR_MICROS) <= ZONE_SLACK_MICROS;
}
