/** This process is to do no more: its lease is gone, or it drains. Whoever owns the workflow next goes on. */
export class Stopped extends Error {
  readonly code = 'STOPPED';

  constructor() {
    super('this executor is no longer the owner of the workflow');
    this.name = 'Stopped';
  }
}

/** Waits, or throws `Stopped` as soon as the signal says so. */
export function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(new Stopped());
    const done = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      if (signal.aborted) reject(new Stopped());
      else resolve();
    };
    const timer = setTimeout(done, ms);
    signal.addEventListener('abort', done);
  });
}
