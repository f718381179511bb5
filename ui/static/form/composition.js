// From keystrokes to Vietnamese text: what Telex and VNI have in common. All functions are pure.
// - The state is the list of keystrokes; the text is a function of it. So backspace undoes one keystroke: it drops the
//   last one of the list.
// - A key that can put a tone, a mark or a bar on the syllable so far does so, wherever in the word it is typed
//   ("vietej", "vieetj"). If that very thing is there already, the key undoes it and stands for itself ("ass" -> "as").
// - A word that is no beginning of a Vietnamese syllable is shown as it was typed ("windows", "test@"). When the word
//   ends, one that did not become a whole syllable is shown as it was typed, too ("user ").
// - The direct keys (ă â đ ê ô ơ ư and the five combining tones) work in any word, Vietnamese or not.
import { bare, COMBINING, write } from "./syllables.js";

const DIRECT = { ă: "(", â: "^", ê: "^", ô: "^", ơ: "+", ư: "+" };
const ENDS_WORD = /^[\s.,;:/()'’"!?&+#%-]$/;
const EMPTY = { letters: "", kind: "", early: false, bar: false, tone: 0, typed: "", stood: "" };

const isUpper = (key) => key !== key.toLowerCase();

/** The state after `key` has been taken as a letter. */
function letter(state, key) {
  return { ...state, letters: state.letters + key, typed: state.typed + key };
}

/** The key undoes what an earlier one did: both stand for one letter now. A "w" that stood for ư is a w again. */
function undo(state, key, change) {
  const letters = state.stood && change.kind === "" ? state.letters.slice(0, -1) + state.stood : state.letters + key;
  return { ...state, ...change, letters, early: false, stood: "" };
}

/** What one meaning of a key makes of the state, or null when it means nothing here. */
function apply(state, meaning, key, style) {
  const typed = state.typed + key;
  if ("tone" in meaning) {
    if (meaning.tone && meaning.tone === state.tone) return undo(state, key, { tone: 0 });
    if (!meaning.tone) return state.tone ? { ...state, tone: 0, typed } : null;
    const next = { ...state, tone: meaning.tone, typed };
    return write(next, style) ? next : null;
  }
  if ("bar" in meaning) {
    if (state.bar) return undo(state, key, { bar: false });
    const next = { ...state, bar: true, typed };
    return write(next, style) ? next : null;
  }
  if ("stands" in meaning) {
    const next = { ...state, letters: state.letters + (isUpper(key) ? "U" : "u"), kind: "+", early: true, typed, stood: key };
    return state.kind === "" && write(next, style) ? next : null;
  }
  return mark(state, meaning, key, typed, style);
}

function mark(state, meaning, key, typed, style) {
  const next = { ...state, kind: meaning.mark, typed };
  const shown = write(next, style);
  if (!shown || !meaning.on.split("").some((vowel) => shown.rime.includes(vowel))) return null;
  if (state.kind !== meaning.mark) {
    return { ...next, early: meaning.mark === "+" && /u$/i.test(state.letters) };
  }
  // The horn of ơ after that of ư: "uwow". It is there already and is not taken away.
  const second = state.early && !state.doubled && /o/i.test(state.letters);
  return second ? { ...next, doubled: true } : undo(state, key, { kind: "" });
}

/** A key that is a marked letter or a tone itself. */
function direct(state, key, style) {
  const tone = COMBINING.indexOf(key);
  if (tone > 0) {
    const next = { ...state, tone: state.tone === tone ? 0 : tone };
    if (write(next, style)) return { ...next, typed: toned(state.typed, key) };
    return { ...state, typed: toned(state.typed, key) };
  }
  const small = key.toLowerCase();
  if (small === "đ") {
    const first = state.letters === "";
    return { ...state, bar: state.bar || first, letters: state.letters + (first ? bare(key) : key), typed: state.typed + key };
  }
  const kind = DIRECT[small];
  const early = state.kind === "+" ? state.early : small === "ư";
  const clash = state.kind !== "" && state.kind !== kind; // no syllable bears two kinds: the word is shown as typed
  return { ...state, kind, early, letters: state.letters + (clash ? key : bare(key)), typed: state.typed + key };
}

/** The tone on the last vowel of `typed`, in place of the one it has; taken away when it is the same. */
function toned(typed, combining) {
  const parts = typed.normalize("NFD");
  const at = parts.search(/[aeiouy]\p{M}*[^aeiouy]*$/iu);
  if (at < 0) return typed;
  const vowel = parts.slice(at).match(/^.\p{M}*/u)[0];
  const clean = vowel.replace(/[\u0300\u0301\u0303\u0309\u0323]/gu, "");
  const now = vowel.includes(combining) ? clean : clean + combining;
  return (parts.slice(0, at) + now + parts.slice(at + vowel.length)).normalize("NFC");
}

function fold(keys, meanings, style) {
  let state = EMPTY;
  for (const key of keys) {
    const small = key.toLowerCase();
    if (small in DIRECT || small === "đ" || COMBINING.indexOf(key) > 0) {
      state = direct(state, key, style);
      continue;
    }
    let next = null;
    if (write(state, style)) for (const meaning of meanings[small] ?? []) next ??= apply(state, meaning, key, style);
    state = next ?? letter(state, key);
  }
  return state;
}

/** compose and line for one input method. `meanings`: key -> what it may mean, first choice first:
 * {tone: 0..5}, {mark: kind, on: the vowels that show it}, {bar: true}, {stands: "ư"}. */
export function method(meanings, spelling) {
  /** The text of one word that is being typed. keys: a string or an array of keys, one code point each. */
  function compose(keys, { style = "old" } = {}) {
    const state = fold(keys, meanings, style);
    return (write(state, style)?.text ?? state.typed).normalize("NFC");
  }
  /** The text of a word that has ended. */
  function finish(keys, { style = "old" } = {}) {
    const state = fold(keys, meanings, style);
    const shown = write(state, style);
    return (shown?.complete ? shown.text : state.typed).normalize("NFC");
  }
  /** The text of any number of words. */
  function line(keys, options) {
    let [text, word] = ["", []];
    for (const key of keys) {
      if (ENDS_WORD.test(key)) {
        text += finish(word, options) + key;
        word = [];
      } else {
        word.push(key);
      }
    }
    return text + compose(word, options);
  }
  /** The keys that make `word`, or null: so that a word already there can still take its tone. */
  function spell(word, options) {
    const parts = word.normalize("NFD");
    const marks = new Set(parts.match(/\p{M}/gu) ?? []);
    const keys = [...bare(word), ...spelling(word, [...marks])];
    return compose(keys, options) === word.normalize("NFC") ? keys : null;
  }
  return { compose, finish, line, spell };
}
