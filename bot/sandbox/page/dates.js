// Dates as people in Việt Nam read them. Asia/Ho_Chi_Minh is UTC+7 all year, so shifting and reading UTC parts is exact.
import { W } from "./words.js";

const SHIFT = 7 * 3600 * 1000;
export const DAY = 24 * 3600 * 1000;

const two = (value) => String(value).padStart(2, "0");

/** Parts of an instant (milliseconds) on a Vietnamese wall clock. */
export function parts(ms) {
  const at = new Date(ms + SHIFT);
  return {
    year: at.getUTCFullYear(),
    month: at.getUTCMonth() + 1,
    day: at.getUTCDate(),
    hour: at.getUTCHours(),
    minute: at.getUTCMinutes(),
    second: at.getUTCSeconds(),
    weekday: at.getUTCDay(),
  };
}

/** Milliseconds of a Vietnamese wall-clock moment, or NaN when there is no such date. */
export function instant(year, month, day, hour = 0, minute = 0) {
  const ms = Date.UTC(year, month - 1, day, hour, minute) - SHIFT;
  const back = parts(ms);
  const same = back.year === year && back.month === month && back.day === day;
  return same && hour < 24 && minute < 60 ? ms : NaN;
}

export const dayKey = (ms) => Math.floor((ms + SHIFT) / DAY);

export function clock(ms, seconds = false) {
  const at = parts(ms);
  return `${two(at.hour)}:${two(at.minute)}${seconds ? `:${two(at.second)}` : ""}`;
}

export function dateOnly(ms) {
  const at = parts(ms);
  return `${two(at.day)}/${two(at.month)}/${at.year}`;
}

/** "Thứ Sáu, 12/06/2026". */
export const dayInWords = (ms) => `${W.weekdays[parts(ms).weekday]}, ${dateOnly(ms)}`;

/** "Thứ Sáu, 12/06/2026 08:00". */
export const momentInWords = (ms) => `${dayInWords(ms)} ${clock(ms)}`;

/** The label between two days of a chat, seen from the moved calendar's `now`. */
export function dayLabel(ms, now) {
  const apart = dayKey(now) - dayKey(ms);
  if (apart === 0) return `${W.today}, ${dateOnly(ms)}`;
  if (apart === 1) return `${W.yesterday}, ${dateOnly(ms)}`;
  return dayInWords(ms);
}

/** What the control API wants: "2026-06-12T08:00", Vietnamese wall clock. */
export function naive(ms) {
  const at = parts(ms);
  return `${at.year}-${two(at.month)}-${two(at.day)}T${two(at.hour)}:${two(at.minute)}`;
}

/** Reads "12/6/2026 08:00", "08:00 ngày 12/6/2026", "12-6-2026 8h30" or "12/6/2026" (08:00); NaN when unreadable. */
export function readMoment(text) {
  const date = /(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})/.exec(text);
  if (!date) return NaN;
  const rest = text.replace(date[0], " ");
  const time = /(\d{1,2})\s*(?::|h|giờ)\s*(\d{1,2})?/i.exec(rest);
  if (!time && /\d/.test(rest)) return NaN;
  const hour = time ? Number(time[1]) : 8;
  const minute = time && time[2] ? Number(time[2]) : 0;
  return instant(Number(date[3]), Number(date[2]), Number(date[1]), hour, minute);
}

/** Reads the value of <input type="datetime-local"> as Vietnamese wall clock. */
export function readPicker(value) {
  const found = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d)/.exec(value);
  return found ? instant(...found.slice(1, 6).map(Number)) : NaN;
}

export function tomorrowMorning(now) {
  const at = parts(now + DAY);
  return instant(at.year, at.month, at.day, 8, 0);
}

/** "3 ngày 4 giờ" from milliseconds, two largest units. */
export function span(ms) {
  const minutes = Math.round(Math.abs(ms) / 60000);
  const all = [
    [Math.floor(minutes / 1440), W.days],
    [Math.floor((minutes % 1440) / 60), W.hours],
    [minutes % 60, W.minutes],
  ].filter(([value]) => value > 0);
  return all.slice(0, 2).map(([value, word]) => word(value)).join(" ") || W.lessThanMinute;
}
