/** Where to go after signing in: a path of this site, never another site's address. */
export function safeReturnTo(value: unknown): string | undefined {
  if (typeof value !== 'string' || !value.startsWith('/') || value.startsWith('//') || value.includes('\\'))
    return undefined;
  return value.startsWith('/sign-in') ? undefined : value;
}
