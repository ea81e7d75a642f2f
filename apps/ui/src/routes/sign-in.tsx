import { getRouteApi, useRouter } from '@tanstack/react-router';
import { useEffect } from 'react';
import { BrandMark } from '../app/brand-mark.js';
import { SignInForm } from '../features/auth/components/sign-in-form.js';

const route = getRouteApi('/sign-in');

export function SignInPage() {
  const { returnTo } = route.useSearch();
  const router = useRouter();
  useEffect(() => {
    document.title = 'Sign in · OPMAS';
  }, []);
  return (
    <main className="grid min-h-dvh place-items-center px-4 py-10">
      <div className="w-full max-w-88">
        <div className="mb-6 flex items-center gap-3">
          <BrandMark className="size-9" />
          <div>
            <h1 className="text-base leading-5 font-semibold">Sign in to OPMAS</h1>
            <p className="text-muted">What your routers report, and what to do about it.</p>
          </div>
        </div>
        <div className="rounded-lg border bg-surface p-5">
          <SignInForm onSignedIn={() => router.history.replace(returnTo ?? '/')} />
        </div>
        <p className="mt-4 text-xs text-faint">
          After a first start with <code className="font-mono">npm start</code> the terminal shows the user{' '}
          <code className="font-mono">admin</code> and its password.
        </p>
      </div>
    </main>
  );
}
