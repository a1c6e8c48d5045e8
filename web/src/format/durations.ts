/** Durations as text. All inputs are seconds. */

import { NONE } from "./numbers";

/** `420 µs`, `12.3 ms`, `850 ms`, `1.24 s`, `12.4 s`, `2 m 05 s`, `3 h 07 m`, `2 d 4 h`. */
export function formatDuration(seconds: number | null): string {
  if (seconds === null) return NONE;
  if (seconds < 0) return `-${formatDuration(-seconds)}`;
  if (seconds === 0) return "0 ms";
  if (seconds < 0.0009995) return `${Math.max(1, Math.round(seconds * 1e6))} µs`;
  if (seconds < 0.09995) return `${Number((seconds * 1e3).toPrecision(3))} ms`;
  if (seconds < 0.9995) return `${Math.round(seconds * 1e3)} ms`;
  if (seconds < 59.95) return `${seconds.toFixed(seconds < 9.995 ? 2 : 1)} s`;
  const whole = Math.round(seconds);
  if (whole < 3600) return `${Math.floor(whole / 60)} m ${pad(whole % 60)} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 24 * 60) return `${Math.floor(minutes / 60)} h ${pad(minutes % 60)} m`;
  const hours = Math.round(seconds / 3600);
  return `${Math.floor(hours / 24)} d ${hours % 24} h`;
}

/** Every digit down to the microsecond, for the hover text. */
export function formatExactDuration(seconds: number): string {
  return `${Number(seconds.toFixed(6))} s`;
}

/** A round position on an axis: `2 s` and not `2.00 s`, `1 m` and not `1 m 00 s`. */
export function formatTick(seconds: number): string {
  if (seconds === 0) return "0";
  return formatDuration(seconds)
    .replace(/ 00? [smh]$/, "")
    .replace(/\.(\d*?)0+ s$/, (_, kept: string) => `${kept && "."}${kept} s`);
}

function pad(value: number): string {
  return String(value).padStart(2, "0");
}

/** Half a minute to a day: above 20 seconds people count in these. */
const CLOCK_STEPS = [30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14_400, 21_600, 43_200, 86_400];

/** Round positions on an axis from 0 to `seconds`: `count` steps at most, in steps that people count in. */
export function axisTicks(seconds: number, count: number): number[] {
  if (!(seconds > 0) || count < 1) return [0];
  const raw = seconds / count;
  const power = 10 ** Math.floor(Math.log10(raw));
  const decimal = [1, 2, 5, 10].map((factor) => factor * power);
  const step =
    (raw > 20 ? CLOCK_STEPS : decimal).find((candidate) => candidate >= raw) ?? 86_400 * Math.ceil(raw / 86_400);
  const ticks: number[] = [];
  for (let index = 0; index * step <= seconds * (1 + 1e-9); index += 1) ticks.push(index * step);
  return ticks;
}
