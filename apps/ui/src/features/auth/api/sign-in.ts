import { useMutation } from '@tanstack/react-query';
import { api, session } from '../../../lib/api/page-client.js';
import type { SignedIn } from '../../../lib/api/resources.js';

export interface Credentials {
  username: string;
  password: string;
  remember: boolean;
}

async function signIn({ username, password, remember }: Credentials): Promise<void> {
  const signedIn = await api.request<SignedIn>('auth/login', { method: 'POST', body: { username, password } });
  session.accept(signedIn, remember);
}

export function useSignIn(onSignedIn: () => void) {
  return useMutation({ mutationFn: signIn, onSuccess: onSignedIn });
}
