/** Numbers, costs and sizes as text: the one place that decides how many digits a reader sees. */

const integers = new Intl.NumberFormat("en-US", { maximumFractionDigits: 0 });
const plain = new Intl.NumberFormat("en-US", { maximumFractionDigits: 6 });

/** Shown where a value is not known. Never for zero. */
export const NONE = "–";

/** `1234567` → `1,234,567`. */
export function formatInteger(value: number): string {
  return integers.format(value);
}

/** Any number, up to six decimals, digits grouped. */
export function formatNumber(value: number): string {
  return Number.isFinite(value) ? plain.format(value) : String(value);
}

const COMPACT_UNITS: readonly [number, string][] = [
  [1e3, "k"],
  [1e6, "M"],
  [1e9, "B"],
  [1e12, "T"],
];

/** `950` → `950`, `12345` → `12.3k`, `1000000` → `1M`: three significant digits at most, never rounded up to `1000k`. */
export function formatCompact(value: number): string {
  const magnitude = Math.abs(value);
  if (magnitude < 1000) return integers.format(value);
  for (const [size, unit] of COMPACT_UNITS) {
    const scaled = value / size;
    const digits = Math.abs(scaled) < 9.995 ? 2 : Math.abs(scaled) < 99.95 ? 1 : 0;
    const rounded = Number(scaled.toFixed(digits));
    if (Math.abs(rounded) < 1000) return `${rounded}${unit}`;
  }
  return integers.format(value);
}

/**
 * US dollars with enough digits to tell small amounts apart: `$0`, `$0.000042`, `$0.0123`, `$1.27`, `$1,234`.
 * Below a millionth it says so instead of showing zero.
 */
export function formatCost(usd: number | null): string {
  if (usd === null) return NONE;
  if (usd === 0) return "$0";
  const sign = usd < 0 ? "-" : "";
  const amount = Math.abs(usd);
  if (amount < 9.5e-7) return `${sign}<$0.000001`;
  if (amount >= 1000) return `${sign}$${integers.format(amount)}`;
  if (amount >= 0.995) return `${sign}$${amount.toFixed(2)}`;
  const leadingZeros = Math.floor(-Math.log10(amount));
  const digits = Math.min(6, leadingZeros + 3);
  return `${sign}$${trimZeros(amount.toFixed(digits), 2)}`;
}

/** Every digit of an amount, for the hover text. */
export function formatExactCost(usd: number): string {
  return `$${trimZeros(usd.toFixed(12), 2)}`;
}

function trimZeros(digits: string, keep: number): string {
  const point = digits.indexOf(".");
  if (point < 0) return digits;
  let end = digits.length;
  while (end > point + 1 + keep && digits[end - 1] === "0") end -= 1;
  return digits.slice(0, end);
}

/** Length of a text or a body: `812 B`, `12.4 kB`, `1.05 MB` (decimal units). */
export function formatBytes(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  if (bytes < 999_500) return `${Number((bytes / 1000).toPrecision(3))} kB`;
  return `${Number((bytes / 1e6).toPrecision(3))} MB`;
}

/** `1 trace`, `2 traces`. */
export function plural(count: number, one: string, many = `${one}s`): string {
  return `${formatInteger(count)} ${count === 1 ? one : many}`;
}
