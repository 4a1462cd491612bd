const DAYS = ['Thu', 'Fri', 'Sat', 'Sun', 'Mon', 'Tue', 'Wed'];
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const DAY_SECONDS = 86_400;
/** Days from 0000-03-01 to 1970-01-01 in the Gregorian calendar. */
const EPOCH_FROM_MARCH = 719_468;
const ERA_DAYS = 146_097;

/**
 * A time as C's ctime() prints it, in UTC and without the newline: `Fri Nov 20 23:18:23 2026`.
 * @param time seconds since 1970, 0 or more.
 */
export function ctime(time: number): string {
  const days = Math.floor(time / DAY_SECONDS);
  const second = time - days * DAY_SECONDS;
  const { year, month, day } = civil(days);
  const two = (n: number): string => String(n).padStart(2, '0');
  const clock = [Math.floor(second / 3600), Math.floor(second / 60) % 60, second % 60];
  const weekday = DAYS[((days % 7) + 7) % 7] ?? '';
  const name = MONTHS[month - 1] ?? '';
  return `${weekday} ${name} ${String(day).padStart(2)} ${clock.map(two).join(':')} ${year}`;
}

/** Years are counted from March, so that the leap day is the last of its year. */
function civil(days: number): { year: number; month: number; day: number } {
  const shifted = days + EPOCH_FROM_MARCH;
  const era = Math.floor(shifted / ERA_DAYS);
  const dayOfEra = shifted - era * ERA_DAYS;
  const yearOfEra = Math.floor(
    (dayOfEra -
      Math.floor(dayOfEra / 1460) +
      Math.floor(dayOfEra / 36_524) -
      Math.floor(dayOfEra / 146_096)) /
      365,
  );
  const leaps = Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100);
  const dayOfYear = dayOfEra - (365 * yearOfEra + leaps);
  const fromMarch = Math.floor((5 * dayOfYear + 2) / 153);
  const day = dayOfYear - Math.floor((153 * fromMarch + 2) / 5) + 1;
  const month = fromMarch < 10 ? fromMarch + 3 : fromMarch - 9;
  return { year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day };
}
