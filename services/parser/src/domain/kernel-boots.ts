/**
 * Starts of a device, from the kernel's `[seconds]` since boot: they only go backwards by a new start, or because a
 * line came late, or because a second device speaks under the same name. Which of these is told by the instant of the
 * start that a line implies.
 */

/** One start as its lines show it; instants in µs since the epoch. */
interface Boot {
  /** Newest uptime heard, and when it was received. */
  uptime: number;
  heardAt: number;
  /** Received less uptime: the least, which no late line makes later, and the latest. */
  least: number;
  latest: number;
  /** The line's own stamp less uptime; null while no line had both. */
  wall: number | null;
}

export interface BootSnapshot {
  count: number;
  announcedAt: number | null;
  current: Boot | null;
  previous: Boot | null;
}

/** Kernel time and the two clocks agree within this. */
const SLACK_MICROS = 5e6;
/** A start that must be later is later by more than lines come out of order. */
const LATER_MICROS = 2e6;
/** The previous kernel's own clock may have run off by this. */
const DRIFT_MICROS = 10e6;
/** The first lines of a start are stamped when its log begins, all alike. */
const LONGEST_START_MICROS = 120e6;
/** The first lines of a start are told in several ways within this. */
const ONE_START_MICROS = 300e6;

export class KernelBoots {
  readonly #starts: BootSnapshot;

  constructor(starts?: BootSnapshot) {
    this.#starts = starts ?? { count: 0, announcedAt: null, current: null, previous: null };
  }

  snapshot(): BootSnapshot {
    const { count, announcedAt, current, previous } = this.#starts;
    return { count, announcedAt, current: current && { ...current }, previous: previous && { ...previous } };
  }

  /** Starts that were seen. */
  get count(): number {
    return this.#starts.count;
  }

  /**
   * True where the line can only be a second device's: its kernel is the one from before the start that was seen last,
   * or started while the device's own was speaking, or long before it. To be asked before the line is taken.
   */
  isAnotherKernel(uptimeMicros: number, receivedMicros: number, deviceMicros: number | null): boolean {
    const implied = receivedMicros - uptimeMicros;
    const { previous, current } = this.#starts;
    if (previous !== null && uptimeMicros >= previous.uptime) {
      if (implied >= previous.least - DRIFT_MICROS && implied <= previous.latest + DRIFT_MICROS) return true;
    }
    if (current === null || current.wall === null || deviceMicros === null) return false;
    const isOnTime = Math.abs(receivedMicros - deviceMicros - (current.latest - current.wall)) <= SLACK_MICROS;
    if (!isOnTime) return false;
    if (uptimeMicros >= current.uptime) return implied < current.least - LONGEST_START_MICROS;
    return implied > current.latest + SLACK_MICROS && implied < current.heardAt - SLACK_MICROS;
  }

  /** Takes a line's uptime in; answers the number of the start that it is the first to show, else null. */
  uptime(
    uptimeMicros: number,
    receivedMicros: number,
    deviceMicros: number | null,
    isFirstLine: boolean,
  ): number | null {
    const implied = receivedMicros - uptimeMicros;
    const wall = deviceMicros === null ? null : deviceMicros - uptimeMicros;
    const fresh: Boot = { uptime: uptimeMicros, heardAt: receivedMicros, least: implied, latest: implied, wall };
    const boot = this.#starts.current;
    if (boot === null) {
      this.#starts.current = fresh;
      if (!isFirstLine || this.#isToldAlready(receivedMicros)) return null;
      return this.#started(receivedMicros);
    }
    if (uptimeMicros >= boot.uptime) {
      boot.uptime = uptimeMicros;
      boot.heardAt = receivedMicros;
      boot.latest = implied;
      if (implied < boot.least) boot.least = implied;
      if (wall !== null) boot.wall = wall;
      return null;
    }
    if (!isNewStart(boot, implied, wall)) return null;
    this.#starts.previous = boot;
    this.#starts.current = fresh;
    return this.#started(receivedMicros);
  }

  /** A line without an uptime says that the device starts; null where that is known already. */
  announced(receivedMicros: number): number | null {
    if (this.#isToldAlready(receivedMicros)) return null;
    // Not certain enough to call what speaks as before a second device.
    this.#starts.previous = null;
    this.#starts.current = null;
    return this.#started(receivedMicros);
  }

  #isToldAlready(receivedMicros: number): boolean {
    return this.#starts.announcedAt !== null && Math.abs(receivedMicros - this.#starts.announcedAt) < ONE_START_MICROS;
  }

  #started(receivedMicros: number): number {
    this.#starts.announcedAt = receivedMicros;
    return ++this.#starts.count;
  }
}

/** For a line whose uptime is lower than one heard before: a new start, rather than a line that came late. */
function isNewStart(boot: Boot, implied: number, wall: number | null): boolean {
  if (implied <= boot.latest + LATER_MICROS || implied < boot.heardAt - SLACK_MICROS) return false;
  return wall === null || boot.wall === null || Math.abs(wall - boot.wall) > SLACK_MICROS;
}
