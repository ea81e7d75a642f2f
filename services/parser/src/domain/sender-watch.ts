/**
 * Whether the lines of one sender key can all be of one device. Two routers may have one name, and several without a
 * name may stand behind one address; a router's address may also just change. What decides is who speaks when.
 */
import type { Transport } from '@opmas/contracts';

/** What the watch needs of a line. */
export interface Sighting {
  key: string;
  peer: string;
  port: number;
  transport: Transport;
  receivedMicros: number;
  /** The line's kernel is not the one that the key's device runs now, but the one that it ran before. */
  isAnotherKernel: boolean;
}

/** `sole`: nobody else was noticed. `home`: others were, and this is the address that had the name first. */
export type WatchVerdict = 'sole' | 'home' | 'ambiguous';

const SECOND = 1e6;
/** An address that is silent for so long may have been given up for another. */
const MOVED_AFTER = 10 * SECOND;
/** One that speaks again within this was not given up: two senders take turns. */
const RETURNS_WITHIN = 3600 * SECOND;
/** What was noticed counts for so long after it was noticed last. */
const REMEMBERED = 86_400 * SECOND;
/** Ports that come back to and fro within this are of senders that live side by side. */
const PORTS_WITHIN = 60 * SECOND;
const MOST_PORTS = 8;
const RETURNS_OF_PORTS = 2;

export interface WatchSnapshot {
  home: string | null;
  homeAt: number;
  former: string | null;
  formerAt: number;
  /** When somebody else spoke last; 0 for never. */
  otherAt: number;
  /** When two were noticed last; 0 for never. */
  contestedAt: number;
  /** When two were noticed that not even their addresses tell apart; 0 for never. */
  mixedAt: number;
  /** Newest first. */
  ports: [port: number, at: number][];
  returns: number;
  returnedAt: number;
}

export class SenderWatch {
  readonly #state: WatchSnapshot;

  constructor(state?: WatchSnapshot) {
    this.#state = state ?? {
      home: null,
      homeAt: 0,
      former: null,
      formerAt: 0,
      otherAt: 0,
      contestedAt: 0,
      mixedAt: 0,
      ports: [],
      returns: 0,
      returnedAt: 0,
    };
  }

  snapshot(): WatchSnapshot {
    return { ...this.#state, ports: this.#state.ports.map(([port, at]) => [port, at]) };
  }

  /** Somebody decided whose the lines are: what was noticed before is settled. */
  settle(): void {
    this.#state.contestedAt = 0;
    this.#state.mixedAt = 0;
    this.#state.otherAt = 0;
    this.#state.former = null;
    this.#state.returns = 0;
  }

  take(sighting: Sighting): WatchVerdict {
    const state = this.#state;
    const { receivedMicros: now, key } = sighting;
    const isByAddress = key.startsWith('addr:');
    if (sighting.isAnotherKernel || (isByAddress && this.#portsAlternate(sighting.port, now))) state.mixedAt = now;
    if (isRecent(state.mixedAt, now)) return 'ambiguous';
    return isByAddress ? 'sole' : this.#byPeer(sighting.peer, now);
  }

  #byPeer(peer: string, now: number): WatchVerdict {
    const state = this.#state;
    state.home ??= peer;
    if (peer === state.home) {
      if (state.otherAt > 0 && state.otherAt >= state.homeAt) state.contestedAt = now;
      state.homeAt = now;
      return isRecent(state.contestedAt, now) ? 'home' : 'sole';
    }
    if (isRecent(state.contestedAt, now)) {
      state.otherAt = now;
      return 'ambiguous';
    }
    if (peer === state.former && now - state.formerAt < RETURNS_WITHIN) {
      state.otherAt = state.homeAt;
      state.contestedAt = now;
      this.#moveHome(peer, now);
      return 'home';
    }
    if (now - state.homeAt >= MOVED_AFTER) {
      this.#moveHome(peer, now);
      state.otherAt = 0;
      return 'sole';
    }
    state.otherAt = now;
    return 'ambiguous';
  }

  #moveHome(peer: string, now: number): void {
    this.#state.former = this.#state.home;
    this.#state.formerAt = this.#state.homeAt;
    this.#state.home = peer;
    this.#state.homeAt = now;
  }

  /** logread's socket keeps its port: ports that take turns are of two routers behind one address. */
  #portsAlternate(port: number, now: number): boolean {
    const { ports } = this.#state;
    const newest = ports[0];
    if (newest?.[0] === port) {
      newest[1] = now;
      return false;
    }
    const index = ports.findIndex((entry) => entry[0] === port);
    const [known] = index < 0 ? [undefined] : ports.splice(index, 1);
    ports.unshift([port, now]);
    if (ports.length > MOST_PORTS) ports.pop();
    if (known === undefined || now - known[1] >= PORTS_WITHIN) return false;
    this.#state.returns = now - this.#state.returnedAt < PORTS_WITHIN ? this.#state.returns + 1 : 1;
    this.#state.returnedAt = now;
    return this.#state.returns >= RETURNS_OF_PORTS;
  }
}

function isRecent(at: number, now: number): boolean {
  return at > 0 && now - at < REMEMBERED;
}
