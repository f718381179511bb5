// Words of the chosen language, and the way to ask the desk for something.
const labels = JSON.parse(document.getElementById("labels").textContent);
export const languages = document.documentElement.dataset.languages.split(" ");
let language = languages[0];

export const byId = (id) => document.getElementById(id);
export const has = (key) => key in labels[language];

export function word(key, values = {}) {
  const text = labels[language][key] ?? "";
  return text.replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");
}

export function chooseLanguage(tag) {
  language = tag;
  document.documentElement.lang = tag;
  label(document);
  for (const button of document.querySelectorAll("[data-language]")) button.setAttribute("aria-pressed", button.dataset.language === tag);
}

/** Writes every labelled text below `root` in the chosen language. */
export function label(root) {
  for (const element of root.querySelectorAll("[data-text]")) element.textContent = word(element.dataset.text);
  for (const element of root.querySelectorAll("[data-label]")) element.setAttribute("aria-label", word(element.dataset.label));
  for (const element of root.querySelectorAll("[data-title]")) element.title = word(element.dataset.title);
  for (const element of root.querySelectorAll("[data-placeholder]")) element.placeholder = word(element.dataset.placeholder);
}

/** Writes only what has changed, so that a screen reader is told only news. */
export function write(element, text) {
  if (element.textContent !== String(text)) element.textContent = text;
}

let errorTimer = 0;
export function complain(error) {
  const sentence = has(`bench.error.${error}`) ? word(`bench.error.${error}`) : error;
  write(byId("error"), sentence);
  clearTimeout(errorTimer);
  errorTimer = setTimeout(() => write(byId("error"), ""), 6000);
}

/** POST to the desk; the answer, or null after telling what went wrong. */
export async function ask(path, body) {
  const raw = body instanceof Blob;
  try {
    const answer = await fetch(path, {
      method: "POST", body: raw ? body : JSON.stringify(body), headers: { "Content-Type": raw ? "application/octet-stream" : "application/json" },
    });
    const said = await answer.json();
    if (said.error) complain(said.error);
    return said.error ? null : said;
  } catch {
    complain("not_sent");
    return null;
  }
}

/** A number as people write it in the chosen language. */
export const count = (number) => Number(number ?? 0).toLocaleString(language);

/** Time of day at the gates: Viet Nam has one time zone. */
export const clock = (ms) => new Date(ms).toLocaleTimeString("en-GB", { timeZone: "Asia/Ho_Chi_Minh" });
