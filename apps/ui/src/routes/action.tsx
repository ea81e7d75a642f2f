import { useQuery } from '@tanstack/react-query';
import { Link, getRouteApi } from '@tanstack/react-router';
import { ChevronLeft } from 'lucide-react';
import { CommandsView } from '../components/commands-view.js';
import { PageBody, PageHeader } from '../components/page-header.js';
import { QueryPane } from '../components/query-pane.js';
import { ActionStatusChip } from '../components/status-chips.js';
import { Card, CardHeader } from '../components/ui/card.js';
import { actionQuery } from '../features/actions/api/get-action.js';
import { ActionResult } from '../features/actions/components/action-result.js';
import { ActionSummary } from '../features/actions/components/action-summary.js';
import { ActionTimeline } from '../features/actions/components/action-timeline.js';
import { DecisionButtons } from '../features/actions/components/decision-dialog.js';
import type { ActionDetail } from '../lib/api/resources.js';
import { useDeviceNames } from '../lib/devices.js';

const route = getRouteApi('/app/actions/$actionId');

export function ActionPage() {
  const { actionId } = route.useParams();
  const action = useQuery(actionQuery(actionId));
  return (
    <PageBody>
      <QueryPane query={action}>{(data) => <ActionContent action={data} />}</QueryPane>
    </PageBody>
  );
}

function ActionContent({ action }: { action: ActionDetail }) {
  const deviceName = useDeviceNames()(action.deviceId);
  return (
    <>
      <PageHeader
        title={action.title}
        above={
          <Link to="/actions" className="mb-1 inline-flex items-center gap-1 text-xs text-muted hover:text-fg">
            <ChevronLeft className="size-3.5" />
            Actions
          </Link>
        }
        note={
          <div className="mt-1 flex flex-wrap items-center gap-2">
            <ActionStatusChip status={action.status} />
            <span>on {deviceName}</span>
          </div>
        }
      >
        <DecisionButtons action={action} deviceName={deviceName} />
      </PageHeader>
      <div className="grid items-start gap-4 xl:grid-cols-[1fr_24rem]">
        <div className="grid min-w-0 gap-4">
          <Card>
            <CardHeader title="Commands" note="what runs on the router, exactly" />
            <div className="p-3">
              <CommandsView commands={action.commands} />
            </div>
          </Card>
          <ActionResult action={action} />
        </div>
        <div className="grid gap-4">
          <Card>
            <CardHeader title="Details" />
            <div className="px-4 py-3">
              <ActionSummary action={action} deviceName={deviceName} />
            </div>
          </Card>
          <Card>
            <CardHeader title="History" />
            <div className="px-4 py-4">
              <ActionTimeline facts={action.history} />
            </div>
          </Card>
        </div>
      </div>
    </>
  );
}
