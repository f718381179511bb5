// Sentences in the visitor's language, and times as people in Viet Nam read them.

export const NAMES = {
  vi: "Tiếng Việt",
  en: "English",
  zh: "中文",
  ko: "한국어",
  ja: "日本語",
  km: "ភាសាខ្មែរ",
  lo: "ພາສາລາວ",
  th: "ภาษาไทย",
};

let known = {};
let language = "vi";

export const spoken = () => language;

export async function begin() {
  const chosen = localStorage.getItem("spoken");
  language = chosen in NAMES ? chosen : document.documentElement.lang;
  await load(language).catch(() => load((language = "vi")));
}

export async function speak(chosen) {
  await load(chosen);
  language = chosen;
  localStorage.setItem("spoken", chosen);
  document.cookie = `gatepost_spoken=${chosen}; path=/; max-age=31536000; samesite=strict`;
}

async function load(chosen) {
  const answer = await fetch(JSON.parse(document.body.dataset.words)[chosen]);
  if (!answer.ok) throw new TypeError("words");
  known = await answer.json();
  document.documentElement.lang = chosen;
}

export function say(key, values = {}) {
  const sentence = known[key] ?? key;
  return sentence.replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");
}

export const has = (key) => key in known;

// The text of {language: text}, in the visitor's language, else English, else whatever there is.
export function inOwn(texts) {
  if (typeof texts === "string") return texts;
  return texts?.[language] || texts?.en || texts?.vi || Object.values(texts ?? {})[0] || "";
}

const format = (ms, options) =>
  new Intl.DateTimeFormat(language === "en" ? "en-GB" : language, {
    timeZone: "Asia/Ho_Chi_Minh",
    numberingSystem: "latn",
    calendar: "gregory",
    ...options,
  }).format(ms);

export const clock = (ms) => format(ms, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
export const day = (ms) => format(ms, { day: "numeric", month: "long", year: "numeric" });
export const shortDay = (ms) => format(ms, { weekday: "short", day: "numeric", month: "numeric" });
export const dayKey = (ms) => new Date(ms + 7 * 3_600_000).toISOString().slice(0, 10);
