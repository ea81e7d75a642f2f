import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { ShieldCheck } from 'lucide-react';
import { PageBody, PageHeader } from '../components/page-header.js';
import { QueryPane } from '../components/query-pane.js';
import { EmptyPane } from '../components/state-pane.js';
import { Card, CardHeader } from '../components/ui/card.js';
import { Skeleton, SkeletonRows } from '../components/ui/skeleton.js';
import { actionsQuery } from '../features/actions/api/get-actions.js';
import { ProposedAction } from '../features/actions/components/proposed-action.js';
import { findingsQuery } from '../features/findings/api/get-findings.js';
import { FindingsTable } from '../features/findings/components/findings-table.js';
import { overviewQuery } from '../features/overview/api/get-overview.js';
import { ConnectCard } from '../features/overview/components/connect-card.js';
import { DevicesBreakdown, FindingsBreakdown } from '../features/overview/components/breakdown-card.js';
import { PipelineCard } from '../features/overview/components/pipeline-card.js';
import { RateCard } from '../features/overview/components/rate-card.js';
import { StatStrip } from '../features/overview/components/stat-strip.js';
import { TopDevicesCard, TopTypesCard } from '../features/overview/components/top-cards.js';
import type { Overview } from '../lib/api/resources.js';
import { useDeviceNames } from '../lib/devices.js';

export function OverviewPage() {
  const overview = useQuery(overviewQuery());
  return (
    <PageBody>
      <PageHeader title="Overview" />
      <QueryPane query={overview} skeleton={<OverviewSkeleton />}>
        {(data) => <OverviewContent overview={data} />}
      </QueryPane>
    </PageBody>
  );
}

function OverviewContent({ overview }: { overview: Overview }) {
  return (
    <>
      <StatStrip overview={overview} />
      {overview.devices.total === 0 ? <ConnectCard /> : null}
      <div className="grid gap-4 xl:grid-cols-[1fr_18rem]">
        <RateCard rate={overview.rate} />
        <div className="grid gap-4 sm:grid-cols-2 xl:grid-cols-1">
          <FindingsBreakdown overview={overview} />
          <DevicesBreakdown overview={overview} />
        </div>
      </div>
      <div className="grid gap-4 xl:grid-cols-[1fr_26rem]">
        <NewestFindings />
        <PendingActions />
      </div>
      <div className="grid gap-4 md:grid-cols-2 xl:grid-cols-3">
        <TopDevicesCard devices={overview.topDevices} />
        <TopTypesCard types={overview.topTypes} />
        <div className="md:max-xl:col-span-2">
          <PipelineCard stages={overview.pipeline} />
        </div>
      </div>
    </>
  );
}

const NEWEST = 6;
const LEFT_OUT = ['domain', 'opened', 'status'] as const;

function NewestFindings() {
  const findings = useInfiniteQuery(findingsQuery({}, 20));
  const deviceNameOf = useDeviceNames();
  return (
    <Card>
      <CardHeader title="Newest open findings">
        <Link to="/findings" className="text-xs text-accent hover:underline">
          All findings
        </Link>
      </CardHeader>
      <QueryPane query={findings} skeleton={<SkeletonRows rows={4} />}>
        {(data) => {
          const newest = data.pages.flatMap((page) => page.items).slice(0, NEWEST);
          return newest.length === 0 ? (
            <EmptyPane icon={<ShieldCheck />} title="Nothing is open" className="py-10">
              A finding appears here within seconds of the lines that bring it about.
            </EmptyPane>
          ) : (
            <FindingsTable findings={newest} deviceNameOf={deviceNameOf} leftOut={LEFT_OUT} />
          );
        }}
      </QueryPane>
    </Card>
  );
}

function PendingActions() {
  const actions = useInfiniteQuery(actionsQuery({ status: ['proposed'] }));
  const deviceNameOf = useDeviceNames();
  return (
    <Card>
      <CardHeader title="Awaiting a decision">
        <Link to="/actions" className="text-xs text-accent hover:underline">
          All actions
        </Link>
      </CardHeader>
      <QueryPane query={actions} skeleton={<SkeletonRows rows={3} />}>
        {(data) => {
          const pending = data.pages.flatMap((page) => page.items).slice(0, 3);
          return pending.length === 0 ? (
            <EmptyPane title="No action waits for you" className="py-10" />
          ) : (
            <ul className="divide-y">
              {pending.map((action) => (
                <li key={action.id}>
                  <ProposedAction action={action} deviceName={deviceNameOf(action.deviceId)} isCompact />
                </li>
              ))}
            </ul>
          );
        }}
      </QueryPane>
    </Card>
  );
}

function OverviewSkeleton() {
  return (
    <div role="status" aria-label="Loading" className="space-y-4">
      <Skeleton className="h-22 w-full" />
      <div className="grid gap-4 xl:grid-cols-[1fr_18rem]">
        <Skeleton className="h-80" />
        <Skeleton className="h-80" />
      </div>
      <Skeleton className="h-64 w-full" />
    </div>
  );
}
