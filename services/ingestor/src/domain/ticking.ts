/** When a shard without frames gets a tick: time passes only in the stream. */

const BUSY_MS = 5 * 60 * 1000;
const BUSY_PERIOD_MS = 1000;
const QUIET_PERIOD_MS = 10_000;

/** How long a shard may go without a frame, given when this ingestor last received anything (null for never), ms. */
export function tickPeriodMs(nowMs: number, lastReceivedMs: number | null): number {
  return lastReceivedMs !== null && nowMs - lastReceivedMs < BUSY_MS ? BUSY_PERIOD_MS : QUIET_PERIOD_MS;
}
