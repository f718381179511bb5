// VNI: tones by 1 to 5 (0 takes the tone away), 6 circumflex, 7 horn, 8 breve, 9 the bar of đ.
import { COMBINING } from "./syllables.js";
import { method } from "./composition.js";

const MEANINGS = {
  1: [{ tone: 1 }], 2: [{ tone: 2 }], 3: [{ tone: 3 }], 4: [{ tone: 4 }], 5: [{ tone: 5 }], 0: [{ tone: 0 }],
  6: [{ mark: "^", on: "âêô" }], 7: [{ mark: "+", on: "ơư" }], 8: [{ mark: "(", on: "ă" }], 9: [{ bar: true }],
};

function spelling(word, marks) {
  const keys = /^đ/i.test(word) ? ["9"] : [];
  for (const [mark, key] of [["\u0302", "6"], ["\u031b", "7"], ["\u0306", "8"]]) if (marks.includes(mark)) keys.push(key);
  const tone = marks.find((mark) => COMBINING.includes(mark));
  return tone ? [...keys, String(COMBINING.indexOf(tone))] : keys;
}

export const { compose, finish, line, spell } = method(MEANINGS, spelling);
