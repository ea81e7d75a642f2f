/** The product's mark: a line that was quiet until it was not. */
export function BrandMark({ className }: { className?: string }) {
  return (
    <svg viewBox="0 0 32 32" aria-hidden className={className}>
      <rect width="32" height="32" rx="8" fill="#0d6b66" />
      <path
        d="M6 17h4.5l2.6-7.2 5.2 13 3-8.3 1.2 2.5H26"
        fill="none"
        stroke="#fff"
        strokeWidth="2.4"
        strokeLinecap="round"
        strokeLinejoin="round"
      />
    </svg>
  );
}
