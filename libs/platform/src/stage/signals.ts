/** Every metric of the shard processors, named once. */
import type { Metrics } from '../telemetry/metrics.js';

export function createStageSignals(metrics: Metrics) {
  const labels = ['stage', 'shard'];
  return {
    frames: metrics.counter('stage_frames_total', 'input frames processed, ticks included', labels),
    records: metrics.counter('stage_records_total', 'input records processed', labels),
    outputs: metrics.counter('stage_outputs_total', 'messages published', labels),
    skipped: metrics.counter(
      'stage_frames_known_total',
      'input frames passed over because they were processed before',
      labels,
    ),
    lostFrames: metrics.counter(
      'stage_frames_lost_total',
      'input frames that the stream no longer had when they were due',
      labels,
    ),
    deadLetters: metrics.counter('stage_dead_letters_total', 'records that could not be processed', labels),
    recoveries: metrics.counter('stage_recoveries_total', 'times a shard was recovered, by where its state came from', [
      ...labels,
      'from',
    ]),
    lag: metrics.gauge('stage_lag_messages', 'input messages that wait behind the position', labels),
    clock: metrics.gauge('stage_clock_seconds', "the shard's clock, seconds since the epoch", labels),
    owned: metrics.gauge('stage_owned', '1 for a shard that this replica owns', labels),
    processing: metrics.histogram('stage_frame_seconds', 'time to process one frame, publishing included', ['stage']),
    snapshot: metrics.histogram('stage_snapshot_seconds', 'time to take and store a snapshot', ['stage']),
  };
}

export type StageSignals = ReturnType<typeof createStageSignals>;
