/** The icons: 16-unit line drawings of our own, coloured by the text around them and hidden from screen readers. */

const PATHS = {
  search: "M7 12a5 5 0 1 0 0-10 5 5 0 0 0 0 10ZM10.7 10.7 14 14",
  clock: "M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12ZM8 4.8V8l2.2 1.6",
  filter: "M2.5 4h11M4.5 8h7M6.5 12h3",
  close: "m4 4 8 8M12 4l-8 8",
  check: "m3 8.5 3.2 3L13 4.8",
  down: "m4.5 6.5 3.5 3.5 3.5-3.5",
  right: "m6.5 4.5 3.5 3.5-3.5 3.5",
  left: "M9.5 4.5 6 8l3.5 3.5",
  up: "m4.5 9.5 3.5-3.5 3.5 3.5",
  copy: "M5.5 5.5h8v8h-8zM10.5 5.5v-3h-8v8h3",
  braces:
    "M6 2.5c-1.6 0-2 .8-2 2v1.7C4 7.3 3.5 8 2.5 8 3.5 8 4 8.7 4 9.8v1.7c0 1.2.4 2 2 2M10 2.5c1.6 0 2 .8 2 2v1.7c0 1.1.5 1.8 1.5 1.8-1 0-1.5.7-1.5 1.8v1.7c0 1.2-.4 2-2 2",
  user: "M8 8a2.75 2.75 0 1 0 0-5.5A2.75 2.75 0 0 0 8 8ZM2.8 13.5c.6-2.3 2.7-3.5 5.2-3.5s4.6 1.2 5.2 3.5",
  session: "M2.5 3.5h11v7.5H8l-3.2 2.5V11H2.5z",
  tag: "M2.5 2.5h5l6 6-5 5-6-6zM5.3 5.3h.01",
  moon: "M13.2 9.6A5.7 5.7 0 0 1 6.4 2.8a5.7 5.7 0 1 0 6.8 6.8Z",
  sun: "M8 10.8a2.8 2.8 0 1 0 0-5.6 2.8 2.8 0 0 0 0 5.6ZM8 1.5v1.3M8 13.2v1.3M1.5 8h1.3M13.2 8h1.3M3.4 3.4l.9.9M11.7 11.7l.9.9M12.6 3.4l-.9.9M4.3 11.7l-.9.9",
  screen: "M2 3h12v8H2zM6 13.5h4M8 11v2.5",
  more: "M3.5 8h.01M8 8h.01M12.5 8h.01",
  alert: "M8 2.3 14.3 13H1.7zM8 6.5v3M8 11.2h.01",
  link: "M6.7 9.3a2.6 2.6 0 0 0 3.7 0l2.3-2.3a2.6 2.6 0 0 0-3.7-3.7l-.8.8M9.3 6.7a2.6 2.6 0 0 0-3.7 0L3.3 9a2.6 2.6 0 0 0 3.7 3.7l.8-.8",
  expand: "M4.5 6 8 2.5 11.5 6M4.5 10 8 13.5 11.5 10",
  collapse: "M4.5 2.5 8 6l3.5-3.5M4.5 13.5 8 10l3.5 3.5",
  timeline: "M2.5 4h6M5 8h6.5M9 12h4.5",
  exit: "M6.5 2.5h-4v11h4M10 5l3 3-3 3M13 8H6",
  scissors:
    "M4 6.2a1.8 1.8 0 1 0 0-3.6 1.8 1.8 0 0 0 0 3.6ZM4 13.4a1.8 1.8 0 1 0 0-3.6 1.8 1.8 0 0 0 0 3.6ZM5.5 5.5 14 12M5.5 10.5 14 4",
  refresh: "M13.5 8a5.5 5.5 0 1 1-1.6-3.9M13.5 2v3h-3",
  image: "M2.5 3h11v10h-11zM5.5 6.5h.01M3 12l3.5-3.5L9 11l2-2 2.5 2.5",
  thought: "M8 2.5c3 0 5.5 1.7 5.5 4s-2.5 4-5.5 4-5.5-1.7-5.5-4 2.5-4 5.5-4ZM4.5 12.3h.01M3 14h.01",
  dataset: "M2.5 3h11v10h-11zM2.5 6.3h11M2.5 9.6h11M6.3 6.3V13",
  run: "M6 2.5h4M6.8 2.5v4.2l-3.6 5.5c-.5.7-.1 1.3.7 1.3h8.2c.8 0 1.2-.6.7-1.3L9.2 6.7V2.5M4.9 10h6.2",
  prompt: "M2.5 3h11v8H7l-3 2.5V11H2.5zM5.5 6h5M5.5 8.3h3",
  SPAN: "M2.5 5.5h8v5h-8M10.5 8h3",
  GENERATION: "M8 2c.5 3.4 2.6 5.5 6 6-3.4.5-5.5 2.6-6 6-.5-3.4-2.6-5.5-6-6 3.4-.5 5.5-2.6 6-6Z",
  EVENT: "m8 3 5 5-5 5-5-5z",
  AGENT: "M3 6h10v7H3zM8 6V3M6.3 9h.01M9.7 9h.01M1.5 8.5v2M14.5 8.5v2M7 2.8h2",
  TOOL: "M9.5 6.5a3.5 3.5 0 0 1 4-4.5l-2 2 .5 1.5 1.5.5 2-2M9.7 6.3 3 13",
  CHAIN: "M2.5 4.5h4v3h-4zM9.5 8.5h4v3h-4zM6.5 6H9l2.5 2.5",
  RETRIEVER:
    "M8 6c3 0 5-.8 5-1.9S11 2.2 8 2.2s-5 .8-5 1.9S5 6 8 6ZM3 4.1v7.8c0 1.1 2 1.9 5 1.9s5-.8 5-1.9V4.1M3 8c0 1.1 2 1.9 5 1.9S13 9.1 13 8",
  EVALUATOR: "M8 2.5v11M4 13.5h8M3 5h10M3 5 1.5 9.5h3zM13 5l-1.5 4.5h3z",
  EMBEDDING: "M3.5 3.5h.01M8 3.5h.01M12.5 3.5h.01M3.5 8h.01M8 8h.01M12.5 8h.01M3.5 12.5h.01M8 12.5h.01M12.5 12.5h.01",
  GUARDRAIL: "M8 2 3 4v4c0 3 2 5 5 6 3-1 5-3 5-6V4z",
} as const;

export type IconName = keyof typeof PATHS;

export function isIconName(name: string): name is IconName {
  return name in PATHS;
}

const DOTTED = new Set<IconName>(["more", "EMBEDDING"]);

export function Icon({ name, size = 16 }: { name: IconName; size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 16 16" fill="none" aria-hidden="true" focusable="false">
      <path
        d={PATHS[name]}
        stroke="currentColor"
        strokeWidth={DOTTED.has(name) ? 2.2 : 1.4}
        strokeLinecap="round"
        strokeLinejoin="round"
      />
    </svg>
  );
}

/** The mark of the product: three spans, each inside the one above. */
export function Mark({ size = 22 }: { size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 32 32" aria-hidden="true" focusable="false">
      <rect width="32" height="32" rx="8" fill="#0f5c63" />
      <rect x="6" y="8" width="20" height="4" rx="2" fill="#fff" />
      <rect x="10" y="14" width="12" height="4" rx="2" fill="#8fd6d3" />
      <rect x="16" y="20" width="8" height="4" rx="2" fill="#f0b45a" />
    </svg>
  );
}
