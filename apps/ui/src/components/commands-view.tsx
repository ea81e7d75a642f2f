import { CopyButton } from './copy-button.js';

/** POSIX quoting: what is shown can be pasted into a shell and means the same arguments. */
export function shellText(argv: readonly string[]): string {
  return argv
    .map((word) => (/^[A-Za-z0-9_@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`))
    .join(' ');
}

/** The commands that run on the router, exactly, one a line. */
export function CommandsView({ commands }: { commands: readonly (readonly string[])[] }) {
  const lines = commands.map(shellText);
  return (
    <div className="relative rounded-md border bg-sunken">
      <ol className="max-h-80 overflow-auto py-2 pr-10 font-mono text-xs leading-5">
        {lines.map((line, index) => (
          <li key={index} className="flex gap-3 px-3">
            <span aria-hidden className="w-4 shrink-0 text-right text-faint select-none tabular">
              {index + 1}
            </span>
            <code className="break-all whitespace-pre-wrap">{line}</code>
          </li>
        ))}
      </ol>
      <CopyButton label="Copy the commands" text={lines.join('\n')} className="absolute top-1 right-1" />
    </div>
  );
}
