/** Numbers for people. Decimal units throughout: a kB is 1,000 bytes. */

/** `1234567` as `1,234,567`. */
export function countText(count: number): string {
  return count.toLocaleString('en-US', { maximumFractionDigits: 0 });
}

/** `1 row`, `2 rows`. @param noun in the singular; its plural takes an s */
export function countOf(count: number, noun: string): string {
  return `${countText(count)} ${noun}${count === 1 ? '' : 's'}`;
}

const BYTE_UNITS = ['B', 'kB', 'MB', 'GB', 'TB', 'PB'];

/** Three digits and a unit: `812 B`, `5.61 MB`, `43.2 GB`. */
export function bytesText(bytes: number): string {
  let unit = 0;
  let value = bytes;
  // 999.5 would round to 1000.
  while (value >= 999.5 && unit < BYTE_UNITS.length - 1) {
    value /= 1000;
    unit++;
  }
  return `${unit === 0 ? value : threeDigits(value)} ${BYTE_UNITS[unit]}`;
}

/** A duration as it was measured: `40 ms`, `0.81 s`, `12.3 s`, `4 min 05 s`, `2 h 13 min`. */
export function secondsText(seconds: number): string {
  if (seconds < 0.0995) return `${Math.round(seconds * 1000)} ms`;
  return seconds < 99.5 ? `${threeDigits(seconds)} s` : remainingText(seconds);
}

/** A duration to come, in whole seconds: `8 s`, `4 min 05 s`, `2 h 13 min`. */
export function remainingText(seconds: number): string {
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${twoDigits(whole % 60)} s`;
  const minutes = Math.round(seconds / 60);
  return `${countText(Math.floor(minutes / 60))} h ${twoDigits(minutes % 60)} min`;
}

/** At most three significant digits, no exponent: `1.95`, `22.5`, `1,234`. */
export function ratioText(ratio: number): string {
  return ratio >= 999.5 ? countText(ratio) : threeDigits(ratio);
}

function threeDigits(value: number): string {
  return value.toFixed(value < 9.995 ? 2 : value < 99.95 ? 1 : 0);
}

function twoDigits(value: number): string {
  return String(value).padStart(2, '0');
}
