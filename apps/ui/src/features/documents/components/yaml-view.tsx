import { CopyButton } from '../../../components/copy-button.js';

interface YamlPart {
  kind: 'indent' | 'key' | 'value' | 'comment';
  text: string;
}

const KEY_LINE = /^(\s*(?:- )?)([A-Za-z0-9_.-]+:)(\s.*|)$/;

/** A line of YAML in parts to be coloured; wrong colours are harmless, the text is always whole. */
export function yamlParts(line: string): YamlPart[] {
  if (/^\s*#/.test(line)) return [{ kind: 'comment', text: line }];
  const match = KEY_LINE.exec(line);
  if (!match) return [{ kind: 'value', text: line }];
  return [
    { kind: 'indent', text: match[1] ?? '' },
    { kind: 'key', text: match[2] ?? '' },
    { kind: 'value', text: match[3] ?? '' },
  ];
}

const COLOURS: Readonly<Record<YamlPart['kind'], string>> = {
  indent: 'text-faint',
  key: 'text-accent',
  value: '',
  comment: 'text-faint',
};

/** YAML text as it stands, with line numbers. */
export function YamlView({ source }: { source: string }) {
  const lines = source.replace(/\n$/, '').split('\n');
  return (
    <div className="relative">
      <pre className="overflow-x-auto py-3 font-mono text-xs leading-5">
        {lines.map((line, index) => (
          <div key={index} className="flex gap-4 px-4">
            <span aria-hidden className="w-6 shrink-0 text-right text-faint select-none tabular">
              {index + 1}
            </span>
            <code>
              {yamlParts(line).map((part, at) => (
                <span key={at} className={COLOURS[part.kind]}>
                  {part.text}
                </span>
              ))}
            </code>
          </div>
        ))}
      </pre>
      <CopyButton label="Copy the YAML" text={source} className="absolute top-2 right-2 bg-surface" />
    </div>
  );
}
