import { QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { TooltipProvider } from './components/ui/tooltip.js';
import { session } from './lib/api/page-client.js';
import { subscribeItems } from './lib/live-subscription.js';
import { followTheme } from './lib/preferences.js';
import { createQueryClient } from './lib/query-client.js';
import { safeReturnTo } from './app/return-address.js';
import { router } from './router.js';
import './styles.css';

const queryClient = createQueryClient();

followTheme();
subscribeItems();
session.subscribe(() => {
  if (session.current() !== null || router.state.location.pathname === '/sign-in') return;
  const returnTo = safeReturnTo(router.state.location.href);
  queryClient.clear();
  void router.navigate({ to: '/sign-in', search: { returnTo } });
});

const root = document.getElementById('root');
if (root === null) throw new Error('index.html has no #root');
createRoot(root).render(
  <StrictMode>
    <QueryClientProvider client={queryClient}>
      <TooltipProvider delayDuration={300}>
        <RouterProvider router={router} />
      </TooltipProvider>
    </QueryClientProvider>
  </StrictMode>,
);
