export function LabelChips({ labels }: { labels: Record<string, string> }) {
  const entries = Object.entries(labels);
  if (entries.length === 0) return <span className="text-faint">–</span>;
  return (
    <span className="flex flex-wrap gap-1 xl:[td_&]:flex-nowrap">
      {entries.map(([name, value]) => (
        <span key={name} className="inline-flex h-5 items-center rounded border px-1.5 text-[11px] whitespace-nowrap">
          <span className="text-faint">{name}</span>
          <span className="ml-1">{value}</span>
        </span>
      ))}
    </span>
  );
}
