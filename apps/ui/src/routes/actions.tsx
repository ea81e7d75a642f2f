import { useInfiniteQuery } from '@tanstack/react-query';
import { getRouteApi, useNavigate } from '@tanstack/react-router';
import { Wrench } from 'lucide-react';
import { FilterPill } from '../components/filter-pill.js';
import { LoadMore } from '../components/load-more.js';
import { PageBody, PageHeader } from '../components/page-header.js';
import { QueryPane } from '../components/query-pane.js';
import { EmptyPane } from '../components/state-pane.js';
import { Card } from '../components/ui/card.js';
import { actionsQuery } from '../features/actions/api/get-actions.js';
import { ActionStatusFilter } from '../features/actions/components/action-status-filter.js';
import { ActionsTable } from '../features/actions/components/actions-table.js';
import { useDeviceNames } from '../lib/devices.js';

const route = getRouteApi('/app/actions');

export function ActionsPage() {
  const search = route.useSearch();
  const navigate = useNavigate({ from: '/actions' });
  const actions = useInfiniteQuery(actionsQuery(search));
  const deviceNameOf = useDeviceNames();
  return (
    <PageBody>
      <PageHeader title="Actions" note="What playbooks propose to do on routers, and what became of it." />
      <div className="flex flex-wrap items-center gap-2">
        <ActionStatusFilter
          chosen={search.status}
          onChange={(status) => void navigate({ search: (before) => ({ ...before, status }) })}
        />
        {search.deviceId?.map((deviceId) => (
          <FilterPill
            key={deviceId}
            name="device"
            value={deviceNameOf(deviceId)}
            onRemove={() => void navigate({ search: (before) => ({ ...before, deviceId: undefined }) })}
          />
        ))}
      </div>
      <Card className="overflow-hidden">
        <QueryPane query={actions}>
          {(data) => {
            const items = data.pages.flatMap((page) => page.items);
            return (
              <>
                {items.length === 0 ? (
                  <EmptyPane
                    icon={<Wrench />}
                    title={
                      search.status === undefined ? 'No action has been proposed yet' : 'No action has this status'
                    }
                  >
                    When a playbook answers a finding, the commands that it would run wait here for a decision.
                  </EmptyPane>
                ) : (
                  <ActionsTable actions={items} deviceNameOf={deviceNameOf} />
                )}
                <LoadMore query={actions} />
              </>
            );
          }}
        </QueryPane>
      </Card>
    </PageBody>
  );
}
