import { getRouteApi, useNavigate } from '@tanstack/react-router';
import { useCallback, useEffect } from 'react';
import { ActiveFilters, ExplorerToolbar } from '../features/events/components/explorer-toolbar.js';
import { ExplorerHistogram } from '../features/events/components/explorer-histogram.js';
import { ExplorerList } from '../features/events/components/explorer-list.js';
import { FacetSidebar } from '../features/events/components/facet-sidebar.js';
import type { ChangeSearch } from '../features/events/explorer-state.js';
import { useExplorerState } from '../features/events/explorer-state.js';
import { useDeviceNames } from '../lib/devices.js';

const route = getRouteApi('/app/events');

export function EventsPage() {
  const search = route.useSearch();
  const navigate = useNavigate({ from: '/events' });
  const change: ChangeSearch = useCallback(
    (next, options) =>
      void navigate({ search: (before) => ({ ...before, ...next }), replace: options?.replace ?? false }),
    [navigate],
  );
  const state = useExplorerState(search, change);
  const deviceNameOf = useDeviceNames();
  useEffect(() => {
    document.title = 'Events · OPMAS';
  }, []);
  return (
    <div className="grid h-[calc(100dvh-3rem)] lg:h-dvh xl:grid-cols-[16.5rem_1fr]">
      <aside aria-label="Facets" className="hidden overflow-y-auto border-r bg-surface xl:block">
        <FacetSidebar state={state} deviceNameOf={deviceNameOf} />
      </aside>
      <div className="flex min-h-0 min-w-0 flex-col">
        <div className="space-y-2.5 px-4 pt-3 pb-2">
          <h1 className="sr-only">Events</h1>
          <ExplorerToolbar state={state} deviceNameOf={deviceNameOf} />
          <ActiveFilters state={state} deviceNameOf={deviceNameOf} />
          <ExplorerHistogram state={state} />
        </div>
        <div className="flex min-h-0 flex-1 flex-col border-t bg-surface">
          <ExplorerList state={state} deviceNameOf={deviceNameOf} />
        </div>
      </div>
    </div>
  );
}
