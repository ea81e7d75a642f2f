/** Who is signed in: the access token lives in memory only, the refresh token in the browser's storage. */
import type { SignedIn, User } from './api/resources.js';

export interface Session {
  accessToken: string;
  user: User;
}

const STORAGE_KEY = 'opmas.refresh';

/** The two storages: one that outlives the browser's end and one that does not. */
export interface TokenStorage {
  lasting: Storage;
  passing: Storage;
}

/** Holds the session and tells listeners when it changes. */
export class SessionStore {
  #session: Session | null = null;
  readonly #storage: TokenStorage;
  readonly #listeners = new Set<() => void>();

  constructor(storage: TokenStorage) {
    this.#storage = storage;
  }

  current = (): Session | null => this.#session;

  refreshToken(): string | null {
    return this.#storage.passing.getItem(STORAGE_KEY) ?? this.#storage.lasting.getItem(STORAGE_KEY);
  }

  /** Keeps what signing in or a refresh gave; `remember` undefined leaves the refresh token where it was. */
  accept(signedIn: SignedIn, remember?: boolean): void {
    const lasts = remember ?? this.#storage.passing.getItem(STORAGE_KEY) === null;
    this.#forget();
    (lasts ? this.#storage.lasting : this.#storage.passing).setItem(STORAGE_KEY, signedIn.refreshToken);
    this.#session = { accessToken: signedIn.accessToken, user: signedIn.user };
    this.#tell();
  }

  clear(): void {
    this.#forget();
    this.#session = null;
    this.#tell();
  }

  subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  #forget(): void {
    this.#storage.lasting.removeItem(STORAGE_KEY);
    this.#storage.passing.removeItem(STORAGE_KEY);
  }

  #tell(): void {
    for (const listener of this.#listeners) listener();
  }
}
