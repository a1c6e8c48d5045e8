/** Moments as text, in the viewer's time zone. Inputs are ISO 8601 texts as the server sends them. */

const pad = (value: number, width = 2): string => String(value).padStart(width, "0");
const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/** Microseconds since the epoch. A JavaScript date holds milliseconds only, and spans are often shorter than one. */
export function toMicros(iso: string): number {
  const millis = Date.parse(iso);
  if (Number.isNaN(millis)) return 0;
  const fraction = /\.(\d+)/.exec(iso)?.[1] ?? "";
  const beyondMillis = Number(fraction.padEnd(6, "0").slice(3, 6));
  return millis * 1000 + beyondMillis;
}

function clock(date: Date): string {
  return `${pad(date.getHours())}:${pad(date.getMinutes())}:${pad(date.getSeconds())}`;
}

function isSameDay(one: Date, other: Date): boolean {
  return one.toDateString() === other.toDateString();
}

/** For lists: the time alone when it is today, else day and month, with the year when it is another one. */
export function formatTime(iso: string, now: Date = new Date()): string {
  const date = new Date(iso);
  if (Number.isNaN(date.getTime())) return iso;
  if (isSameDay(date, now)) return clock(date);
  const day = `${date.getDate()} ${MONTHS[date.getMonth()]}`;
  return date.getFullYear() === now.getFullYear() ? `${day} ${clock(date)}` : `${day} ${date.getFullYear()}`;
}

/** For a heading: full date and time to the second. */
export function formatDateTime(iso: string): string {
  const date = new Date(iso);
  if (Number.isNaN(date.getTime())) return iso;
  return `${date.getDate()} ${MONTHS[date.getMonth()]} ${date.getFullYear()}, ${clock(date)}`;
}

/** For the hover text: the viewer's zone with its offset, every digit, and the server's own text below. */
export function formatExactTime(iso: string): string {
  const date = new Date(iso);
  if (Number.isNaN(date.getTime())) return iso;
  const offset = -date.getTimezoneOffset();
  const sign = offset < 0 ? "-" : "+";
  const zone = `UTC${sign}${pad(Math.floor(Math.abs(offset) / 60))}:${pad(Math.abs(offset) % 60)}`;
  const micros = pad(toMicros(iso) % 1_000_000, 6);
  const day = `${date.getFullYear()}-${pad(date.getMonth() + 1)}-${pad(date.getDate())}`;
  return `${day} ${clock(date)}.${micros} ${zone}\n${iso}`;
}

/** `just now`, `4 min ago`, `3 h ago`, `5 d ago`. */
export function formatAgo(iso: string, now: Date = new Date()): string {
  const seconds = (now.getTime() - Date.parse(iso)) / 1000;
  if (Number.isNaN(seconds)) return iso;
  if (seconds < 45) return "just now";
  if (seconds < 3570) return `${Math.max(1, Math.round(seconds / 60))} min ago`;
  if (seconds < 86_000) return `${Math.round(seconds / 3600)} h ago`;
  return `${Math.round(seconds / 86_400)} d ago`;
}

/** The value of `<input type="datetime-local">` for a moment, in the viewer's zone. */
export function toLocalInput(iso: string): string {
  const date = new Date(iso);
  if (Number.isNaN(date.getTime())) return "";
  const day = `${pad(date.getFullYear(), 4)}-${pad(date.getMonth() + 1)}-${pad(date.getDate())}`;
  return `${day}T${pad(date.getHours())}:${pad(date.getMinutes())}`;
}

/** The moment that a `datetime-local` value names in the viewer's zone, or null when it names none. */
export function fromLocalInput(value: string): string | null {
  const millis = Date.parse(value);
  return Number.isNaN(millis) ? null : new Date(millis).toISOString();
}
