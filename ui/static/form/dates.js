// Dates as year, month and day apart, each of which may be unknown (null).

export const PARTS = ["year", "month", "day"];

export const parse = (text) => (text ?? "").split("-").filter(Boolean).map(Number);
export const pad = (number, length) => String(number).padStart(length, "0");
export const daysIn = (year, month) => new Date(Date.UTC(year, month, 0)).getUTCDate();

/** The least and the most of a part between `min` and `max` ([year, month?, day?]), given the parts chosen above it. */
export function range(part, chosen, min, max) {
  const index = PARTS.indexOf(part);
  const above = PARTS.slice(0, index);
  const at = (limit) => above.every((name, i) => chosen[name] === limit[i]);
  const least = part === "year" ? min[0] : 1;
  // Without a year, February has 29 days: the year comes after and takes the day back where it must.
  const most = { year: max[0], month: 12, day: daysIn(chosen.year ?? 2000, chosen.month ?? 1) }[part];
  return [at(min) ? min[index] ?? least : least, at(max) ? Math.min(max[index] ?? most, most) : most];
}
