import type { Random } from "./random.ts";

export const SECOND = 1_000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

/** How busy each hour of a day is, against the others. */
export type Rhythm = readonly number[];

export const SHOP_HOURS: Rhythm = [0, 0, 0, 0, 0, 1, 3, 6, 8, 9, 10, 11, 12, 11, 9, 9, 10, 12, 11, 8, 4, 2, 1, 0];
export const WEB_HOURS: Rhythm = [2, 1, 0.5, 0.3, 0.3, 0.5, 1, 3, 5, 6, 6, 6, 7, 6, 6, 6, 6, 7, 8, 10, 12, 12, 9, 5];
export const OFFICE_HOURS: Rhythm = [0.2, 0.1, 0.1, 0.1, 0.1, 0.3, 1, 6, 12, 10, 7, 6, 5, 8, 7, 6, 5, 4, 3, 3, 3, 2, 1, 0.5];

/** A moment of a day that starts at `dawn`, to the millisecond, likelier in busy hours. */
export function moment(chance: Random, dawn: number, rhythm: Rhythm): number {
  let left = chance.next() * rhythm.reduce((sum, each) => sum + each, 0);
  let hour = 0;
  while (hour < 23 && left >= (rhythm[hour] ?? 0)) left -= rhythm[hour++] ?? 0;
  return dawn + hour * HOUR + Math.floor(chance.next() * HOUR);
}

/** Day of the week of a time, Sunday is 0. */
export function weekday(at: number): number {
  return new Date(at).getUTCDay();
}
