import { Card, CardHeader } from '../../../components/ui/card.js';
import { Dot } from '../../../components/ui/badge.js';
import { EmptyPane } from '../../../components/state-pane.js';
import type { PipelineStage } from '../../../lib/api/resources.js';
import { countOf } from '../../../lib/numbers.js';
import type { Tone } from '../../../lib/severity.js';

const LAG_WORTH_A_LOOK = 1000;

function toneOf(stage: PipelineStage): Tone {
  if (!stage.ready) return 'critical';
  return (stage.lag ?? 0) > LAG_WORTH_A_LOOK ? 'medium' : 'ok';
}

/** Each stage from the socket to the query, and what waits in front of it. */
export function PipelineCard({ stages }: { stages: readonly PipelineStage[] }) {
  return (
    <Card>
      <CardHeader title="Pipeline" note="messages waiting at each stage" />
      {stages.length === 0 ? (
        <EmptyPane title="No stage has reported yet" className="py-8" />
      ) : (
        <ul className="divide-y">
          {stages.map((stage) => (
            <li key={stage.stage} className="flex min-h-9 items-center gap-2.5 px-4 py-1.5">
              <Dot tone={toneOf(stage)} />
              <span className="font-medium">{stage.stage}</span>
              <span className="min-w-0 flex-1 truncate text-xs text-faint" title={stage.detail ?? undefined}>
                {stage.ready ? stage.detail : (stage.detail ?? 'not ready')}
              </span>
              <span className="text-right tabular">
                {stage.lag === null ? (
                  <span className="text-faint">unknown</span>
                ) : (
                  <>
                    {countOf(stage.lag)} <span className="text-faint">behind</span>
                  </>
                )}
              </span>
            </li>
          ))}
        </ul>
      )}
    </Card>
  );
}
