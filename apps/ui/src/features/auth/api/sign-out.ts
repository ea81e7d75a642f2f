import { api, session } from '../../../lib/api/page-client.js';

/** Ends the session here at once, and at the API if it can be reached. */
export async function signOut(): Promise<void> {
  const refreshToken = session.refreshToken();
  try {
    await api.request('auth/logout', { method: 'POST', body: refreshToken === null ? {} : { refreshToken } });
  } catch {
    // The API is away or the token is no longer good: the session ends here all the same.
  } finally {
    session.clear();
  }
}
