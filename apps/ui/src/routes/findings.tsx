import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { getRouteApi, useNavigate } from '@tanstack/react-router';
import { ShieldCheck } from 'lucide-react';
import { LoadMore } from '../components/load-more.js';
import { PageBody, PageHeader } from '../components/page-header.js';
import { QueryPane } from '../components/query-pane.js';
import { EmptyPane } from '../components/state-pane.js';
import { Button } from '../components/ui/button.js';
import { Card } from '../components/ui/card.js';
import { findingsQuery } from '../features/findings/api/get-findings.js';
import { FindingFilters } from '../features/findings/components/finding-filters.js';
import { FindingsTable } from '../features/findings/components/findings-table.js';
import { overviewQuery } from '../features/overview/api/get-overview.js';
import type { Finding } from '../lib/api/resources.js';
import { useDeviceNames } from '../lib/devices.js';

const route = getRouteApi('/app/findings');

export function FindingsPage() {
  const search = route.useSearch();
  const navigate = useNavigate({ from: '/findings' });
  const findings = useInfiniteQuery(findingsQuery(search));
  const overview = useQuery(overviewQuery());
  const deviceNameOf = useDeviceNames();
  return (
    <PageBody>
      <PageHeader title="Findings" note={<KeyHints />} />
      <FindingFilters
        search={search}
        onChange={(change) => void navigate({ search: (before) => ({ ...before, ...change }), replace: 'q' in change })}
        openCounts={overview.data?.openFindings}
        deviceNameOf={deviceNameOf}
      />
      <Card className="overflow-hidden">
        <QueryPane query={findings}>
          {(data) => (
            <>
              <FindingsOrNone
                findings={data.pages.flatMap((page) => page.items)}
                deviceNameOf={deviceNameOf}
                isFiltered={Object.values(search).some((value) => value !== undefined)}
                onClear={() => void navigate({ search: {} })}
              />
              <LoadMore query={findings} />
            </>
          )}
        </QueryPane>
      </Card>
    </PageBody>
  );
}

function KeyHints() {
  return (
    <span className="text-xs text-faint max-md:hidden">
      <kbd className="font-mono">j</kbd> and <kbd className="font-mono">k</kbd> move,{' '}
      <kbd className="font-mono">Enter</kbd> opens, <kbd className="font-mono">/</kbd> searches
    </span>
  );
}

interface FindingsOrNoneProps {
  findings: Finding[];
  deviceNameOf: (deviceId: string) => string;
  isFiltered: boolean;
  onClear: () => void;
}

function FindingsOrNone({ findings, deviceNameOf, isFiltered, onClear }: FindingsOrNoneProps) {
  if (findings.length > 0) return <FindingsTable findings={findings} deviceNameOf={deviceNameOf} />;
  if (isFiltered) {
    return (
      <EmptyPane icon={<ShieldCheck />} title="No finding matches">
        <Button className="mt-2" onClick={onClear}>
          Clear the filter
        </Button>
      </EmptyPane>
    );
  }
  return (
    <EmptyPane icon={<ShieldCheck />} title="Nothing is open">
      The rules watch every line as it comes. What they find appears here by itself.
    </EmptyPane>
  );
}
