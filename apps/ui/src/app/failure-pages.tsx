import { Link, useRouter } from '@tanstack/react-router';
import type { ErrorComponentProps } from '@tanstack/react-router';
import { Compass } from 'lucide-react';
import { useEffect, useEffectEvent } from 'react';
import { ApiProblem, asProblem } from '../lib/api/problem.js';
import { EmptyPane, ErrorPane } from '../components/state-pane.js';
import { Button } from '../components/ui/button.js';

export function NotFoundPage() {
  return (
    <main className="grid min-h-[60dvh] place-items-center">
      <EmptyPane icon={<Compass />} title="There is no page here">
        <p>The address may be mistyped, or what it showed may be gone.</p>
        <Button asChild className="mt-4">
          <Link to="/">Go to the overview</Link>
        </Button>
      </EmptyPane>
    </main>
  );
}

const RETRY_MS = 4000;

/** No answer, or one of a server that starts: it passes by itself. */
function isPassing(error: unknown): boolean {
  const { status } = asProblem(error);
  return error instanceof ApiProblem && (status === 0 || status >= 502);
}

/** A page that failed: the navigation around it still works. What passes by itself is tried again by itself. */
export function RouteError({ error, reset }: ErrorComponentProps) {
  const router = useRouter();
  const retry = () => {
    reset();
    void router.invalidate();
  };
  const retryByItself = useEffectEvent(retry);
  useEffect(() => {
    if (!isPassing(error)) return;
    const timer = setTimeout(retryByItself, RETRY_MS);
    return () => clearTimeout(timer);
  }, [error]);
  return <ErrorPane error={error} onRetry={retry} className="min-h-[60dvh]" />;
}

/** Nothing could be shown: the API does not answer, or the shell itself failed. */
export function RootError(props: ErrorComponentProps) {
  return (
    <main className="grid min-h-dvh place-items-center">
      <RouteError {...props} />
    </main>
  );
}
