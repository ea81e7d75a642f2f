/** Puts what arrives live into the query cache, so that every page shows it without asking. */
import { useQueryClient } from '@tanstack/react-query';
import type { QueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import { applyLiveAction } from '../features/actions/api/live-actions.js';
import { applyLiveDevice } from '../features/devices/api/live-devices.js';
import { applyLiveFinding } from '../features/findings/api/live-findings.js';
import { applyLiveOverview } from '../features/overview/api/get-overview.js';
import type { LiveMessage } from '../lib/live-connection.js';
import { live } from '../lib/live.js';
import { session } from '../lib/api/page-client.js';

function applyMessage(client: QueryClient, message: LiveMessage): void {
  switch (message.channel) {
    case 'findings':
      return applyLiveFinding(client, message.item);
    case 'actions':
      return applyLiveAction(client, message.item);
    case 'devices':
      return applyLiveDevice(client, message.item);
    case 'overview':
      return applyLiveOverview(client, message.item);
    case 'events':
      // The explorer listens for these itself: they belong to its filter.
      return;
  }
}

/** Holds the connection open while somebody is signed in. What was missed while it was down is fetched again. */
export function useLiveCache(): void {
  const client = useQueryClient();
  useEffect(() => {
    let wasOpen = false;
    const stopMessages = live.onMessage((message) => applyMessage(client, message));
    const stopState = live.onState(() => {
      if (live.state() !== 'open') return;
      if (wasOpen) void client.invalidateQueries();
      wasOpen = true;
    });
    const stopSession = session.subscribe(() => {
      if (session.current() === null) live.stop();
    });
    live.start();
    return () => {
      stopMessages();
      stopState();
      stopSession();
      live.stop();
    };
  }, [client]);
}
