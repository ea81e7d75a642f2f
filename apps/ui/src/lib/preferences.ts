/** What a person prefers in this browser: theme and time zone. Not part of the URL: a link must not change them. */
import { useSyncExternalStore } from 'react';
import type { Zone } from './instants.js';

export type Theme = 'system' | 'light' | 'dark';

function readStored<T extends string>(key: string, allowed: readonly T[], fallback: T): T {
  try {
    const stored = localStorage.getItem(key);
    return allowed.find((value) => value === stored) ?? fallback;
  } catch {
    return fallback;
  }
}

class Preference<T extends string> {
  #value: T;
  readonly #key: string;
  readonly #listeners = new Set<() => void>();

  constructor(key: string, allowed: readonly T[], fallback: T) {
    this.#key = key;
    this.#value = readStored(key, allowed, fallback);
  }

  get = (): T => this.#value;

  set = (value: T): void => {
    this.#value = value;
    try {
      localStorage.setItem(this.#key, value);
    } catch {
      // storage is blocked: the choice holds until the page is left
    }
    for (const listener of this.#listeners) listener();
  };

  subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };
}

export const themePreference = new Preference<Theme>('opmas.theme', ['system', 'light', 'dark'], 'system');
export const zonePreference = new Preference<Zone>('opmas.zone', ['utc', 'local'], 'local');

export function useTheme(): Theme {
  return useSyncExternalStore(themePreference.subscribe, themePreference.get);
}

export function useZone(): Zone {
  return useSyncExternalStore(zonePreference.subscribe, zonePreference.get);
}

const darkSystem = (): MediaQueryList => window.matchMedia('(prefers-color-scheme: dark)');

export function isDark(theme: Theme): boolean {
  return theme === 'dark' || (theme === 'system' && darkSystem().matches);
}

/** Keeps the root's `dark` class true to the preference and the system; charts follow `opmas-theme` on the window. */
export function followTheme(): void {
  const apply = () => {
    document.documentElement.classList.toggle('dark', isDark(themePreference.get()));
    window.dispatchEvent(new Event('opmas-theme'));
  };
  themePreference.subscribe(apply);
  darkSystem().addEventListener('change', apply);
  apply();
}
