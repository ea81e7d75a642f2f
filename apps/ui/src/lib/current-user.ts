import { useSyncExternalStore } from 'react';
import type { Role, User } from './api/resources.js';
import { session } from './api/page-client.js';

const RANKS: Readonly<Record<Role, number>> = { viewer: 0, operator: 1, admin: 2 };

export function useCurrentUser(): User | null {
  return useSyncExternalStore(session.subscribe, session.current)?.user ?? null;
}

/** Whether the user has the role or one that may more. The API checks again: this only hides what it would refuse. */
export function useMay(role: Role): boolean {
  const user = useCurrentUser();
  return user !== null && RANKS[user.role] >= RANKS[role];
}
