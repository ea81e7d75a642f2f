import { LoaderCircle } from 'lucide-react';
import { useState } from 'react';
import { asProblem } from '../../../lib/api/problem.js';
import { Button } from '../../../components/ui/button.js';
import { Field, Input } from '../../../components/ui/input.js';
import { useSignIn } from '../api/sign-in.js';

export function SignInForm({ onSignedIn }: { onSignedIn: () => void }) {
  const [remember, setRemember] = useState(true);
  const signIn = useSignIn(onSignedIn);
  const submit = (form: FormData) => {
    const username = form.get('username');
    const password = form.get('password');
    if (typeof username === 'string' && typeof password === 'string') {
      signIn.mutate({ username: username.trim(), password, remember });
    }
  };
  return (
    <form
      className="space-y-4"
      onSubmit={(event) => {
        event.preventDefault();
        submit(new FormData(event.currentTarget));
      }}
    >
      <Field label="User name">
        <Input name="username" autoComplete="username" autoCapitalize="none" autoFocus required className="h-9" />
      </Field>
      <Field label="Password">
        <Input name="password" type="password" autoComplete="current-password" required className="h-9" />
      </Field>
      <label className="flex items-center gap-2 text-muted">
        <input
          type="checkbox"
          className="size-4 accent-(--accent)"
          checked={remember}
          onChange={(event) => setRemember(event.target.checked)}
        />
        Stay signed in on this computer
      </label>
      {signIn.error === null ? null : <SignInProblem error={signIn.error} />}
      <Button type="submit" variant="primary" className="h-9 w-full" disabled={signIn.isPending}>
        {signIn.isPending ? <LoaderCircle className="animate-spin" /> : null}
        Sign in
      </Button>
    </form>
  );
}

function SignInProblem({ error }: { error: unknown }) {
  const problem = asProblem(error);
  return (
    <p role="alert" className="rounded-md bg-critical-soft px-3 py-2 text-critical">
      {problem.status === 401 ? problem.detail || 'User name or password is wrong.' : problem.message}
    </p>
  );
}
