const millisPerDay = 86_400_000n;
/** Days from 0000-03-01 to 1970-01-01 in the proleptic Gregorian calendar. */
const daysToEpoch = 719_468n;
const daysPerEra = 146_097n;

/** `start/end` as Druid writes intervals. */
export function intervalText(startMillis: bigint, endMillis: bigint): string {
  return `${isoInstant(startMillis)}/${isoInstant(endMillis)}`;
}

/**
 * Milliseconds since 1970 as `yyyy-MM-ddTHH:mm:ss.SSSZ`, for all of Joda-Time's range: the interval of a segment with granularity `all`
 * reaches far beyond what a Date can hold. Years beyond 9999 get no plus sign, as in Joda-Time.
 */
export function isoInstant(millis: bigint): string {
  const day = floorDivide(millis, millisPerDay);
  const rest = Number(millis - day * millisPerDay);
  const { year, month, date } = civilDate(day);
  const yearText = `${year < 0 ? '-' : ''}${String(Math.abs(year)).padStart(4, '0')}`;
  const hours = pad(Math.floor(rest / 3_600_000), 2);
  const minutes = pad(Math.floor(rest / 60_000) % 60, 2);
  const seconds = pad(Math.floor(rest / 1000) % 60, 2);
  return `${yearText}-${pad(month, 2)}-${pad(date, 2)}T${hours}:${minutes}:${seconds}.${pad(rest % 1000, 3)}Z`;
}

/** Counts in eras of 400 years and in years that begin with March, so that the leap day comes last. */
function civilDate(day: bigint): { year: number; month: number; date: number } {
  const shifted = day + daysToEpoch;
  const era = floorDivide(shifted, daysPerEra);
  const dayOfEra = Number(shifted - era * daysPerEra);
  const yearOfEra = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1460) + Math.floor(dayOfEra / 36524) - Math.floor(dayOfEra / 146096)) / 365,
  );
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const monthFromMarch = Math.floor((5 * dayOfYear + 2) / 153);
  const date = dayOfYear - Math.floor((153 * monthFromMarch + 2) / 5) + 1;
  const month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9;
  return { year: Number(era) * 400 + yearOfEra + (month <= 2 ? 1 : 0), month, date };
}

function floorDivide(a: bigint, b: bigint): bigint {
  const quotient = a / b;
  return a % b < 0n ? quotient - 1n : quotient;
}

function pad(value: number, digits: number): string {
  return String(value).padStart(digits, '0');
}
