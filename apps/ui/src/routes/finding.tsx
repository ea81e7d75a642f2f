import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { Link, getRouteApi } from '@tanstack/react-router';
import { ChevronLeft, ScrollText } from 'lucide-react';
import { PageBody, PageHeader } from '../components/page-header.js';
import { QueryPane } from '../components/query-pane.js';
import { SeverityBadge } from '../components/severity-badge.js';
import { EmptyPane } from '../components/state-pane.js';
import { FindingStatusChip } from '../components/status-chips.js';
import { Badge } from '../components/ui/badge.js';
import { Button } from '../components/ui/button.js';
import { Card, CardHeader } from '../components/ui/card.js';
import { SkeletonRows } from '../components/ui/skeleton.js';
import { actionsQuery } from '../features/actions/api/get-actions.js';
import { ProposedAction } from '../features/actions/components/proposed-action.js';
import { findingEvidenceQuery } from '../features/findings/api/get-finding-evidence.js';
import { findingHistoryQuery } from '../features/findings/api/get-finding-history.js';
import { findingQuery } from '../features/findings/api/get-finding.js';
import { EvidenceList } from '../features/findings/components/evidence-list.js';
import { FindingDescription } from '../features/findings/components/finding-description.js';
import { FindingSummary } from '../features/findings/components/finding-summary.js';
import { FindingTimeline } from '../features/findings/components/finding-timeline.js';
import type { Finding } from '../lib/api/resources.js';
import { useDeviceNames } from '../lib/devices.js';
import { countOf } from '../lib/numbers.js';
import { around, searchOf } from '../lib/time-range.js';

const route = getRouteApi('/app/findings/$findingId');
const MARGIN_MS = 2 * 60_000;

export function FindingPage() {
  const { findingId } = route.useParams();
  const finding = useQuery(findingQuery(findingId));
  return (
    <PageBody>
      <QueryPane query={finding}>{(data) => <FindingContent finding={data} />}</QueryPane>
    </PageBody>
  );
}

function FindingContent({ finding }: { finding: Finding }) {
  const deviceNameOf = useDeviceNames();
  const range = around(Date.parse(finding.firstSeenAt), Date.parse(finding.lastSeenAt), MARGIN_MS);
  const deviceId = finding.deviceId === null ? undefined : [finding.deviceId];
  return (
    <>
      <PageHeader
        title={finding.title}
        above={
          <Link to="/findings" className="mb-1 inline-flex items-center gap-1 text-xs text-muted hover:text-fg">
            <ChevronLeft className="size-3.5" />
            Findings
          </Link>
        }
        note={
          <div className="mt-1 flex flex-wrap items-center gap-2">
            <SeverityBadge severity={finding.severity} />
            <FindingStatusChip status={finding.status} />
            <Badge>{finding.domain}</Badge>
          </div>
        }
      >
        <Button asChild>
          <Link to="/events" search={{ ...searchOf(range), deviceId }}>
            <ScrollText />
            Events at that time
          </Link>
        </Button>
      </PageHeader>
      <div className="grid items-start gap-4 xl:grid-cols-[1fr_24rem]">
        <div className="grid min-w-0 gap-4">
          <Card>
            <CardHeader title="What it means" />
            <div className="px-4 py-3">
              <FindingDescription text={finding.description} />
            </div>
          </Card>
          <Actions findingId={finding.id} />
          <Evidence finding={finding} />
        </div>
        <div className="grid gap-4">
          <Card>
            <CardHeader title="Details" />
            <div className="px-4 py-3">
              <FindingSummary
                finding={finding}
                deviceName={finding.deviceId === null ? null : deviceNameOf(finding.deviceId)}
              />
            </div>
          </Card>
          <History finding={finding} />
        </div>
      </div>
    </>
  );
}

function Actions({ findingId }: { findingId: string }) {
  const actions = useInfiniteQuery(actionsQuery({ findingId }));
  const deviceNameOf = useDeviceNames();
  return (
    <Card>
      <CardHeader title="Proposed actions" />
      <QueryPane query={actions} skeleton={<SkeletonRows rows={2} />}>
        {(data) => {
          const all = data.pages.flatMap((page) => page.items);
          return all.length === 0 ? (
            <p className="px-4 py-3 text-muted">No playbook answers this finding.</p>
          ) : (
            <ul className="divide-y">
              {all.map((action) => (
                <li key={action.id}>
                  <ProposedAction action={action} deviceName={deviceNameOf(action.deviceId)} />
                </li>
              ))}
            </ul>
          );
        }}
      </QueryPane>
    </Card>
  );
}

function Evidence({ finding }: { finding: Finding }) {
  const evidence = useQuery(findingEvidenceQuery(finding.id, finding.count));
  const shown = evidence.data?.length ?? 0;
  return (
    <Card>
      <CardHeader
        title="Evidence"
        note={
          shown > 0 && shown < finding.count
            ? `the first and last ${countOf(shown)} of ${countOf(finding.count)} lines`
            : 'the lines, as they came'
        }
      />
      <QueryPane query={evidence} skeleton={<SkeletonRows rows={5} />}>
        {(events) =>
          events.length === 0 ? (
            <EmptyPane title="No lines are kept for this finding" className="py-8" />
          ) : (
            <EvidenceList events={events} />
          )
        }
      </QueryPane>
    </Card>
  );
}

function History({ finding }: { finding: Finding }) {
  const revision = `${finding.count}-${finding.status}`;
  const history = useQuery(findingHistoryQuery(finding.id, revision));
  return (
    <Card>
      <CardHeader title="Timeline" />
      <QueryPane query={history} skeleton={<SkeletonRows rows={3} />}>
        {(facts) => (
          <div className="px-4 py-4">
            <FindingTimeline facts={facts} />
          </div>
        )}
      </QueryPane>
    </Card>
  );
}
