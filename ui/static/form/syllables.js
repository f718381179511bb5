// The Vietnamese syllable as it is written.
// - A syllable is an onset, a rime and a tone. A rime bears at most ONE kind of vowel mark (the two horns of "ươ" are
//   one kind), so that its bare letters and the kind name it: "uong" with "+" is "ương", with "^" is "uông".
// - Kinds: "" none, "^" circumflex (â ê ô), "(" breve (ă), "+" horn (ơ ư). The bar of đ belongs to the onset.
// - Tones: 0 none (ngang), 1 acute (sắc), 2 grave (huyền), 3 hook (hỏi), 4 tilde (ngã), 5 dot (nặng).
// - Rimes that end in c, ch, k, p or t take acute and dot only.
// - The tone stands on the marked vowel (on the ơ of ươ); else before a final consonant on the last vowel; of three
//   vowels on the middle one; of two on the first one. Only oa, oe, uy with nothing behind differ: "hòa" is the old
//   style, "hoà" the new one.
// - Beside the standard spelling: a final k and onsets such as kr, bl, ks, as names in the Central Highlands have them.

export const COMBINING = ["", "\u0301", "\u0300", "\u0309", "\u0303", "\u0323"]; // by tone

const ONSETS = new Set(
  ("b c ch d g gh gi h k kh l m n ng ngh nh p ph q qu r s t th tr v x " +
    "bl br by dr gl gr hl hr kb kl km kn kp kr ks mdr ml mn mr pl pr rm").split(" "),
);
const RIMES =
  "a ac ach ai am an ang anh ao ap at au ay ăc ăm ăn ăng ăp ăt âc âm ân âng âp ât âu ây " +
  "e ec em en eng eo ep et ê êch êm ên êng ênh êp êt êu " +
  "i ia ich im in inh ip it iu iêc iêm iên iêng iêp iêt iêu y yp yt yn ynh ych yêm yên yêng yêt yêu " +
  "o oc oi om on ong ooc oong op ot oa oac oach oai oam oan oang oanh oao oap oat oay " +
  "oăc oăm oăn oăng oăp oăt oe oem oen oeo oet ô ôc ôi ôm ôn ông ôp ôt ơ ơi ơm ơn ơng ơp ơt " +
  "u ua uc ui um un ung up ut uân uâng uât uây uê uêch uên uênh uêu uôc uôi uôm uôn uông uôt uơ " +
  "uy uya uych uyn uynh uyp uyt uyu uyên uyêt ư ưa ưc ưi ưm ưn ưng ưt ưu ươc ươi ươm ươn ương ươp ươt ươu " +
  "ak ăk âk ek êk ik iêk ok ôk uk uôk ưk ươk";
const KIND = { "\u0302": "^", "\u0306": "(", "\u031b": "+" };

export const bare = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").replaceAll("đ", "d").replaceAll("Đ", "D");

function kindOf(rime) {
  return KIND[rime.normalize("NFD").match(/[\u0302\u0306\u031b]/)?.[0]] ?? "";
}

const whole = new Map(); // "uong+" -> "ương"
const begun = new Map(); // the same for every beginning of a rime that holds its mark; bare beginnings with kind ""
for (const rime of RIMES.split(" ")) {
  whole.set(bare(rime) + kindOf(rime), rime);
  for (let end = 1; end <= rime.length; end += 1) {
    const part = rime.slice(0, end);
    begun.set(bare(part) + kindOf(part), part);
    begun.set(bare(part), bare(part));
  }
}
for (const [key, rime] of whole) begun.set(key, rime); // "uo" with a horn is "uơ" as long as nothing follows

/** The onset and the rime of bare lower-case `letters`, or null when no syllable begins so. */
function split(letters, kind) {
  let partly = null;
  for (let at = Math.min(3, letters.length); at >= 0; at -= 1) {
    const [onset, rest] = [letters.slice(0, at), letters.slice(at)];
    if (at > 0 && !ONSETS.has(onset)) continue;
    if (onset === "q" ? rest : onset === "qu" && rest.startsWith("u")) continue;
    if (rest && whole.has(rest + kind)) return { onset, rime: whole.get(rest + kind), complete: true };
    if (rest && begun.has(rest + kind)) partly ??= { onset, rime: begun.get(rest + kind), complete: false };
    if (!rest && kind === "") partly ??= { onset, rime: "", complete: false };
  }
  return partly;
}

/** Where in `rime` its tone stands. `style` is "old" (hòa) or "new" (hoà). */
export function tonePlace(rime, style) {
  const marked = Math.max(...[..."ăâêôơ"].map((letter) => rime.lastIndexOf(letter)));
  if (marked >= 0) return marked;
  if (rime.includes("ư")) return rime.indexOf("ư");
  const vowels = rime.match(/^[aeiouy]+/)[0].length;
  if (vowels < rime.length) return vowels - 1;
  if (vowels === 3) return 1;
  if (vowels === 2 && /^(ie|ye|uo|ue|oo)$/.test(rime)) return 1; // on their way to iê, yê, uô, uê
  return vowels === 2 && style === "new" && /^(oa|oe|uy)$/.test(rime) ? 1 : 0;
}

/** The text of a syllable or of a beginning of one, in NFC, and whether it is complete; null when there is none such.
 * letters: bare letters in the typed case. early: the horn was put on the u before the o came ("ươ", not "uơ"). */
export function write({ letters, kind, early, bar, tone }, style) {
  const found = split(letters.toLowerCase(), kind);
  if (!found || (bar && !found.onset.startsWith("d"))) return null;
  let { rime, complete } = found;
  if (rime === "uơ" && early) [rime, complete] = ["ươ", false];
  if (tone && (!rime || (/(c|ch|k|p|t)$/.test(rime) && tone !== 1 && tone !== 5))) return null;
  const shape = [...(bar ? "đ" : "") + found.onset.slice(bar ? 1 : 0) + rime];
  if (tone) shape[found.onset.length + tonePlace(rime, style)] += COMBINING[tone];
  const text = shape.map((part, i) => (letters[i] === letters[i].toLowerCase() ? part : part.toUpperCase())).join("");
  const letterAlone = bar && letters.length === 1 || !found.onset && rime.length === 1; // "Đ", "Ă" as initials
  return { text: text.normalize("NFC"), rime, complete: complete || letterAlone };
}
