// Where the keys lie. A row is a list of keys, "name:columns" for a wide one; a name of one character types itself.
// - wide: 12 columns, from 794 px of width on (12 keys of 60 px and the gaps). tall: 10 columns, for upright panels.
// - Four rows on the wide one: at 800x480 they take 264 px, 55 % of the height.
// - Vietnamese has all its letters and tones in sight, for those who know neither Telex nor VNI; with VNI their place
//   is taken by the digits.
// What each VNI digit puts on a letter, shown small on its key.
export const VNI_HINT = { 1: "´", 2: "`", 3: "ˀ", 4: "~", 5: ".", 6: "ˆ", 7: "ơ", 8: "ă", 9: "đ" };
// What the tone keys type.
export const TONE_KEYS = { acute: "\u0301", grave: "\u0300", hook: "\u0309", tilde: "\u0303", dot: "\u0323" };

const rows = (...lines) => lines.map((line) => line.split(" ").map((key) => {
  const [name, span] = key.length > 1 ? key.split(":") : [key];
  return { name, span: Number(span ?? 1) };
}));

const hinted = (...lines) => rows(...lines).map((row) => row.map((key) => ({ ...key, hint: key.name in VNI_HINT })));

const NUMBERS = rows(
  "1 2 3 4 5 6 7 8 9 0",
  "- / , . : ; ( ) ' \"",
  "& + # @ _ ! ? % delete:2",
  "letters:2 space:5 done:3",
);
const LATIN = rows(
  "1 2 3 4 5 6 7 8 9 0",
  "Q W E R T Y U I O P",
  "A S D F G H J K L delete",
  "Z X C V B N M blank done:2",
);
const same = (layout, columns) => ({ wide: { columns, rows: layout }, tall: { columns, rows: layout } });

export const LAYOUTS = {
  telex: {
    wide: { columns: 12, rows: rows(
      "q w e r t y u i o p ă â",
      "a s d f g h j k l đ ê ô",
      "shift z x c v b n m ơ ư delete:2",
      "numbers method acute grave hook tilde dot space:3 done:2",
    ) },
    tall: { columns: 10, rows: rows(
      "acute:2 grave:2 hook:2 tilde:2 dot:2",
      "ă â đ ê ô ơ ư , . -",
      "q w e r t y u i o p",
      "a s d f g h j k l '",
      "shift z x c v b n m delete:2",
      "numbers:2 method:2 space:4 done:2",
    ) },
  },
  vni: {
    wide: { columns: 12, rows: hinted(
      "q w e r t y u i o p 6 7",
      "a s d f g h j k l 8 9 0",
      "shift z x c v b n m , . delete:2",
      "numbers method 1 2 3 4 5 space:3 done:2",
    ) },
    tall: { columns: 10, rows: hinted(
      "1 2 3 4 5 6 7 8 9 0",
      "q w e r t y u i o p",
      "a s d f g h j k l '",
      "shift z x c v b n m delete:2",
      "numbers:2 method:2 space:4 done:2",
    ) },
  },
  numbers: same(NUMBERS, 10),
  latin: same(LATIN, 10),
  email: {
    wide: { columns: 12, rows: rows(
      "1 2 3 4 5 6 7 8 9 0 delete:2",
      "q w e r t y u i o p _ +",
      "a s d f g h j k l @ @gmail.com:2",
      "z x c v b n m . - .com done:2",
    ) },
    tall: { columns: 10, rows: rows(
      "1 2 3 4 5 6 7 8 9 0",
      "q w e r t y u i o p",
      "a s d f g h j k l @",
      "z x c v b n m . - _",
      "@gmail.com:3 .com:2 + delete:2 done:2",
    ) },
  },
  digits: same(rows("1 2 3 delete", "4 5 6 none", "7 8 9 none", "none 0 none done"), 4),
  decimal: same(rows("1 2 3 delete", "4 5 6 none", "7 8 9 none", "none 0 point done"), 4),
  phone: same(rows("1 2 3 delete", "4 5 6 none", "7 8 9 none", "+ 0 none done"), 4),
};
