// Telex: tones by s f r x j (z takes the tone away), â ê ô by doubling, ă ơ ư by w, đ by dd; w alone is ư.
import { COMBINING, bare } from "./syllables.js";
import { method } from "./composition.js";

const MEANINGS = {
  s: [{ tone: 1 }], f: [{ tone: 2 }], r: [{ tone: 3 }], x: [{ tone: 4 }], j: [{ tone: 5 }], z: [{ tone: 0 }],
  a: [{ mark: "^", on: "â" }], e: [{ mark: "^", on: "ê" }], o: [{ mark: "^", on: "ô" }],
  w: [{ mark: "+", on: "ơư" }, { mark: "(", on: "ă" }, { stands: "ư" }],
  d: [{ bar: true }],
};

function spelling(word, marks) {
  const keys = /^đ/i.test(word) ? ["d"] : [];
  const hat = word.normalize("NFD").match(/([aeo])\p{M}?\u0302/iu);
  if (hat) keys.push(bare(hat[1]).toLowerCase());
  if (marks.includes("\u0306") || marks.includes("\u031b")) keys.push("w");
  const tone = marks.find((mark) => COMBINING.includes(mark));
  return tone ? [...keys, " sfrxj"[COMBINING.indexOf(tone)]] : keys;
}

export const { compose, finish, line, spell } = method(MEANINGS, spelling);
