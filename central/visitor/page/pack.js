// Answers on the wire of a declaration by light (forms/packed.py): by the place of each question, canonical CBOR.

import { countOf, enabled, isAsked, keyOf } from "./form.js";
import { cbor } from "./bytes.js";

const SYSTEMS = {
  countries: "urn:iso:std:iso:3166",
  provinces: "urn:gatepost:province",
  "provinces-63": "urn:gatepost:province-63",
  wards: "urn:gatepost:ward",
  airports: "urn:gatepost:airport",
  "land-gates": "urn:gatepost:land-gate",
  seaports: "urn:gatepost:seaport",
};

export const pack = (form, answers) => cbor(packed(form, answers, form.items, []));

// What has a place in the mask: questions and repeating groups, and what stands in groups that occur once.
function scope(items) {
  return items.flatMap((item) => {
    const loop = item.type === "group" && item.repeats;
    return [...(isAsked(item) || loop ? [item] : []), ...(loop ? [] : scope(item.items))];
  });
}

function packed(form, answers, items, at) {
  const places = scope(items);
  const mask = new Uint8Array(Math.ceil(places.length / 8));
  const codes = [];
  places.forEach((item, place) => {
    const code = coded(form, answers, item, at);
    if (code === null) return;
    mask[place >> 3] |= 1 << (place & 7);
    codes.push(code);
  });
  let length = mask.length;
  while (length && !mask[length - 1]) length -= 1;
  return [mask.slice(0, length), ...codes];
}

function coded(form, answers, item, at) {
  if (!enabled(form, answers, item, at)) return null;
  if (item.type === "group") {
    const count = countOf(answers, item, at);
    return count ? Array.from({ length: count }, (_, n) => packed(form, answers, item.items, [...at, n])) : null;
  }
  const values = answers.get(keyOf(item, at)) ?? [];
  if (!values.length) return null;
  return item.repeats ? values.map((value) => code(item, value)) : code(item, values[0]);
}

function code(item, value) {
  if (item.list) return listed(item, value);
  if (item.options.length) {
    const place = item.options.findIndex((one) =>
      typeof value === "object"
        ? one.value.system === value.system && one.value.code === value.code
        : one.value === value,
    );
    return place < 0 ? value : place;
  }
  const whole = item.type === "date" && /^\d{4}-\d\d-\d\d$/.test(value);
  return whole ? Date.parse(`${value}T00:00:00Z`) / 86_400_000 : value;
}

function listed(item, value) {
  if (typeof value !== "object") return value;
  const own = SYSTEMS[item.list.split(":").pop()] === value.system;
  if (!own) return [value.system, value.code];
  return item.type === "open-choice" ? [value.code] : value.code;
}
