/** Times in `-S` (reference 12.3): dates with what they span, and words for them. All UTC. */
import { err, ok, type Result } from '../base/result.ts';

/** Seconds since 1970, both ends included. */
export interface TimeSpan {
  readonly from: number;
  readonly to: number;
}

type Part = 'year' | 'month' | 'day' | 'hour' | 'minute' | 'second';
/** Year, month 1-12, day, hour, minute, second. */
type Stamp = [number, number, number, number, number, number];
const PARTS: readonly Part[] = ['year', 'month', 'day', 'hour', 'minute', 'second'];

/** The reason is a line of LVM's; an empty one where LVM has none. */
export function parseTime(text: string, now: number): Result<TimeSpan, string> {
  const named = namedTime(text, now);
  if (named) return ok(named);
  const words = /^(\d[\d-]*) *(\d[\d:]*)? *(?:([+-])(\d[\d:]*))?$/.exec(text);
  if (!words) {
    const strange = `Unrecognized string in date/time specification at "${text}".`;
    return err(/^\d/.test(text) ? 'Incorrect date format.' : strange);
  }
  const [, dateText = '', timeText, sign, zoneText] = words;
  const date = dateOf(dateText);
  if (!date.ok) return date;
  const time: Result<Read, string> =
    timeText === undefined ? ok({ numbers: [], part: date.value.part }) : timeOf(timeText);
  if (!time.ok) return time;
  if (timeText !== undefined && date.value.part !== 'day') {
    return err('Full date specification needed.');
  }
  const zone = zoneText === undefined ? 0 : zoneOf(zoneText);
  if (zone === undefined) return err('');
  const [year = 1970, month = 1, day = 1] = date.value.numbers;
  const [hour = 0, minute = 0, second = 0] = time.value.numbers;
  const stamp: Stamp = [year, month, day, hour, minute, second];
  const shift = zone * (sign === '-' ? -1 : 1);
  return ok({
    from: secondsOf(stamp) - shift,
    to: secondsOf(after(stamp, time.value.part)) - 1 - shift,
  });
}

interface Read {
  readonly numbers: readonly number[];
  /** The smallest that was said. */
  readonly part: Part;
}

function dateOf(text: string): Result<Read, string> {
  const match =
    /^(\d{4})(?:-?(\d{2})(?:-?(\d{2}))?)?$/.exec(text) ??
    /^(\d{1,4})-(\d{1,2})-(\d{1,2})$/.exec(text);
  if (!match) return err('Incorrect date format.');
  const numbers = numbersOf(match);
  const [year = 0, month = 1, day = 1] = numbers;
  if (month < 1 || month > 12) return err('Specified month out of range.');
  if (day < 1 || day > daysIn(year, month)) return err('Specified day out of range.');
  return ok({ numbers, part: PARTS[numbers.length - 1] ?? 'day' });
}

function timeOf(text: string): Result<Read, string> {
  const match =
    /^(\d{1,2}):(\d{1,2})(?::(\d{1,2}))?$/.exec(text) ?? /^(\d{2})(\d{2})?(\d{2})?$/.exec(text);
  if (!match) return err('Incorrect time format.');
  const numbers = numbersOf(match);
  const [hour = 0, minute = 0, second = 0] = numbers;
  if (hour > 23) return err('Specified hours out of range.');
  if (minute > 60) return err('Specified minutes out of range.');
  if (second > 60) return err('Specified seconds out of range.');
  return ok({ numbers, part: PARTS[numbers.length + 2] ?? 'second' });
}

/** Of the groups of a match that took part in it. */
const numbersOf = (match: RegExpExecArray): readonly number[] =>
  (match.slice(1) as (string | undefined)[]).flatMap((part) =>
    part === undefined ? [] : [Number(part)],
  );

/** In seconds; undefined where there is no such zone. */
function zoneOf(text: string): number | undefined {
  const match = /^(\d{2}):?(\d{2})?$/.exec(text);
  const [hours, minutes] = [Number(match?.[1]), Number(match?.[2] ?? 0)];
  return match && hours <= 14 && minutes <= 60 ? hours * 3600 + minutes * 60 : undefined;
}

/** The first moment behind what the stamp spans. */
function after(stamp: Stamp, part: Part): Stamp {
  const index = PARTS.indexOf(part);
  return stamp.map((one, at) => (at === index ? one + 1 : one)) as Stamp;
}

function secondsOf([year, month, day, hour, minute, second]: Stamp): number {
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  date.setUTCHours(hour, minute, second);
  return date.getTime() / 1000;
}

const isLeap = (year: number): boolean => (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;

const DAYS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
const daysIn = (year: number, month: number): number =>
  (DAYS[month - 1] ?? 0) + (month === 2 && isLeap(year) ? 1 : 0);

const UNITS: Readonly<Record<string, number>> = {
  second: 1,
  minute: 60,
  hour: 3600,
  day: 86_400,
  week: 7 * 86_400,
};
const WEEKDAYS = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'];
const DAY = 86_400;

const dayOf = (time: number): TimeSpan => {
  const from = Math.floor(time / DAY) * DAY;
  return { from, to: from + DAY - 1 };
};
const moment = (time: number): TimeSpan => ({ from: time, to: time });

/** `now`, `today`, `yesterday`, `2 days ago`, `monday`: the last one. */
function namedTime(text: string, now: number): TimeSpan | undefined {
  const words = text.toLowerCase().split(/[ ,]+/);
  const [first = ''] = words;
  if (words.at(-1) === 'ago') return ago(words.slice(0, -1), now);
  if (words.length > 1) return undefined;
  if (first === 'now') return moment(now);
  if (first === 'today') return dayOf(now);
  if (first === 'yesterday') return dayOf(now - DAY);
  const weekday = WEEKDAYS.indexOf(first);
  if (weekday < 0) return undefined;
  const back = (new Date(now * 1000).getUTCDay() - weekday + 7) % 7;
  return dayOf(now - back * DAY);
}

/** `2 days`, `1 year 3 months`. */
function ago(words: readonly string[], now: number): TimeSpan | undefined {
  const date = new Date(now * 1000);
  for (let at = 0; at < words.length; at += 2) {
    const count = Number(words[at]);
    const unit = words[at + 1]?.replace(/s$/, '') ?? '';
    if (!Number.isSafeInteger(count) || count < 0) return undefined;
    const seconds = Object.hasOwn(UNITS, unit) ? UNITS[unit] : undefined;
    if (seconds !== undefined) date.setTime(date.getTime() - count * seconds * 1000);
    else if (unit === 'month') date.setUTCMonth(date.getUTCMonth() - count);
    else if (unit === 'year') date.setUTCFullYear(date.getUTCFullYear() - count);
    else return undefined;
  }
  const time = Math.floor(date.getTime() / 1000);
  return words.length === 0 || Number.isNaN(time) ? undefined : moment(time);
}
