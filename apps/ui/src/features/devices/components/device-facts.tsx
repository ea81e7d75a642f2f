import { DefinitionList } from '../../../components/definition-list.js';
import { ExactTime } from '../../../components/relative-time.js';
import { SeverityCountsLine } from '../../../components/severity-counts.js';
import type { DeviceSummary } from '../../../lib/api/resources.js';
import { countOf } from '../../../lib/numbers.js';
import { LabelChips } from './label-chips.js';

export function DeviceFacts({ device }: { device: DeviceSummary }) {
  return (
    <DefinitionList
      items={[
        ['Last seen', <ExactTime at={device.lastSeenAt} />],
        ['First seen', <ExactTime at={device.firstSeenAt} />],
        ['Events', <span className="tabular">{countOf(device.eventsTotal)}</span>],
        ['Open findings', <SeverityCountsLine counts={device.openFindings} />],
        ['Labels', <LabelChips labels={device.labels} />],
        ['Time zone', device.timeZone ?? <span className="text-faint">the listener's default</span>],
        [
          'Sender keys',
          <ul className="space-y-0.5 font-mono text-xs leading-5">
            {device.keys.map((key) => (
              <li key={key} className="break-all">
                {key}
              </li>
            ))}
          </ul>,
        ],
        ['Shard', <span className="tabular">{device.shard}</span>],
        ['Id', <span className="font-mono text-xs break-all">{device.id}</span>],
      ]}
    />
  );
}
