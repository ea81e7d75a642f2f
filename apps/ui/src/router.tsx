import { createRootRoute, createRoute, createRouter, lazyRouteComponent, redirect } from '@tanstack/react-router';
import { AppShell } from './app/app-shell.js';
import { NotFoundPage, RootError, RouteError } from './app/failure-pages.js';
import { safeReturnTo } from './app/return-address.js';
import type { ActionSearch } from './features/actions/action-search.js';
import { actionSearchSchema } from './features/actions/action-search.js';
import type { DeviceSearch } from './features/devices/device-search.js';
import { deviceSearchSchema } from './features/devices/device-search.js';
import type { DocumentSearch } from './features/documents/document-search.js';
import { documentSearchSchema } from './features/documents/document-search.js';
import type { FindingSearch } from './features/findings/finding-search.js';
import { findingSearchSchema } from './features/findings/finding-search.js';
import { api, session } from './lib/api/page-client.js';
import type { EventSearch } from './lib/event-filter.js';
import { eventSearchSchema } from './lib/event-filter.js';
import { parseSearch, stringifySearch } from './lib/search-params.js';
import { SignInPage } from './routes/sign-in.js';

type Raw = Record<string, unknown>;

const rootRoute = createRootRoute({ errorComponent: RootError, notFoundComponent: NotFoundPage });

const signInRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/sign-in',
  validateSearch: (raw: Raw): { returnTo?: string | undefined } => ({ returnTo: safeReturnTo(raw['returnTo']) }),
  beforeLoad: ({ search }) => {
    if (session.current() !== null) redirect({ href: search.returnTo ?? '/', throw: true });
  },
  component: SignInPage,
});

const appRoute = createRoute({
  getParentRoute: () => rootRoute,
  id: 'app',
  component: AppShell,
  errorComponent: RootError,
  beforeLoad: async ({ location }) => {
    if (session.current() !== null || (await api.refresh())) return;
    redirect({ to: '/sign-in', search: { returnTo: safeReturnTo(location.href) }, throw: true });
  },
});

const overviewRoute = createRoute({
  getParentRoute: () => appRoute,
  path: '/',
  component: lazyRouteComponent(() => import('./routes/overview.js'), 'OverviewPage'),
});

const findingsRoute = createRoute({
  getParentRoute: () => appRoute,
  path: '/findings',
  validateSearch: (raw: Raw): FindingSearch => findingSearchSchema.parse(raw),
  component: lazyRouteComponent(() => import('./routes/findings.js'), 'FindingsPage'),
});

const findingRoute = createRoute({
  getParentRoute: () => appRoute,
  path: '/findings/$findingId',
  component: lazyRouteComponent(() => import('./routes/finding.js'), 'FindingPage'),
});

const eventsRoute = createRoute({
  getParentRoute: () => appRoute,
  path: '/events',
  validateSearch: (raw: Raw): EventSearch => eventSearchSchema.parse(raw),
  component: lazyRouteComponent(() => import('./routes/events.js'), 'EventsPage'),
});

const devicesRoute = createRoute({
  getParentRoute: () => appRoute,
  path: '/devices',
  validateSearch: (raw: Raw): DeviceSearch => deviceSearchSchema.parse(raw),
  component: lazyRouteComponent(() => import('./routes/devices.js'), 'DevicesPage'),
});

const deviceRoute = createRoute({
  getParentRoute: () => appRoute,
  path: '/devices/$deviceId',
  component: lazyRouteComponent(() => import('./routes/device.js'), 'DevicePage'),
});

const actionsRoute = createRoute({
  getParentRoute: () => appRoute,
  path: '/actions',
  validateSearch: (raw: Raw): ActionSearch => actionSearchSchema.parse(raw),
  component: lazyRouteComponent(() => import('./routes/actions.js'), 'ActionsPage'),
});

const actionRoute = createRoute({
  getParentRoute: () => appRoute,
  path: '/actions/$actionId',
  component: lazyRouteComponent(() => import('./routes/action.js'), 'ActionPage'),
});

const rulesRoute = createRoute({
  getParentRoute: () => appRoute,
  path: '/rules',
  validateSearch: (raw: Raw): DocumentSearch => documentSearchSchema.parse(raw),
  component: lazyRouteComponent(() => import('./routes/rules.js'), 'RulesPage'),
});

const patternsRoute = createRoute({
  getParentRoute: () => appRoute,
  path: '/patterns',
  component: lazyRouteComponent(() => import('./routes/patterns.js'), 'PatternsPage'),
});

const unattributedRoute = createRoute({
  getParentRoute: () => appRoute,
  path: '/unattributed',
  component: lazyRouteComponent(() => import('./routes/unattributed.js'), 'UnattributedPage'),
});

const usersRoute = createRoute({
  getParentRoute: () => appRoute,
  path: '/users',
  component: lazyRouteComponent(() => import('./routes/users.js'), 'UsersPage'),
});

const routeTree = rootRoute.addChildren([
  signInRoute,
  appRoute.addChildren([
    overviewRoute,
    findingsRoute,
    findingRoute,
    eventsRoute,
    devicesRoute,
    deviceRoute,
    actionsRoute,
    actionRoute,
    rulesRoute,
    patternsRoute,
    unattributedRoute,
    usersRoute,
  ]),
]);

export const router = createRouter({
  routeTree,
  parseSearch,
  stringifySearch,
  defaultErrorComponent: RouteError,
  defaultPreload: 'intent',
  scrollRestoration: true,
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}
