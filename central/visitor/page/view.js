// One screen at a time: what stands on it, what ends with it, and what is said to a screen reader.

import { No } from "./api.js";
import { h, icon } from "./dom.js";
import { has, say, spoken } from "./words.js";

const NAV = [
  ["pass", "pass"],
  ["scan", "scan"],
  ["well", "well"],
  ["more", "more"],
];
let endings = [];
let turn = 0;

// Something to stop when this screen goes: a camera, a timer.
export const atEnd = (act) => endings.push(act);

export function go(where) {
  if (location.hash.slice(1) === where) dispatchEvent(new HashChangeEvent("hashchange"));
  else location.hash = where;
}

// Number of the screen that is being made: what comes back late for an older one is let go.
export const screenNow = () => turn;

export function leave() {
  turn += 1;
  for (const act of endings.splice(0)) act();
  return turn;
}

// Puts a screen up. `title` is its heading; the heading takes the focus, so that readers begin there.
export function show(title, nodes, { nav = true, look = "", quiet = false } = {}) {
  const heading = h("h1", { tabindex: "-1" }, title);
  const main = document.getElementById("main");
  main.className = look;
  main.replaceChildren(...(quiet ? [heading, ...nodes] : [heading, ...nodes]).flat(3).filter(Boolean));
  document.title = `${title} · ${say("app.short")}`;
  showNav(nav);
  scrollTo(0, 0);
  if (document.activeElement === document.body || !main.contains(document.activeElement))
    heading.focus({ preventScroll: true });
}

function showNav(wanted) {
  document.querySelector("nav")?.remove();
  if (!wanted) return;
  const here = location.hash.slice(1).split("/")[0] || "pass";
  const items = NAV.map(([where, drawn]) =>
    h(
      "a",
      { href: `#${where}`, "aria-current": where === here ? "page" : null },
      icon(drawn),
      h("span", {}, say(`nav.${where}`)),
    ),
  );
  document.body.append(h("nav", { "aria-label": say("nav.name") }, items));
}

export function tell(sentence) {
  document.getElementById("said").textContent = sentence;
}

// A button that does something that may fail; what failed is said beside it, in the visitor's words.
export function button(text, act, { look = "", label = null } = {}) {
  const made = h(
    "button",
    { type: "button", class: look, "aria-label": label, onclick: () => attempt(made, act) },
    text,
  );
  return made;
}

async function attempt(made, act) {
  if (made.getAttribute("aria-busy")) return;
  made.setAttribute("aria-busy", "true");
  made.parentNode?.querySelector(":scope > .problem")?.remove();
  try {
    await act();
  } catch (error) {
    const sentence = sentenceOf(error);
    made.before(h("p", { class: "problem", role: "alert" }, sentence));
  } finally {
    made.removeAttribute("aria-busy");
  }
}

export function sentenceOf(error) {
  if (!(error instanceof No)) return say(navigator.onLine && error.message !== "network" ? "no.general" : "no.network");
  if (has(`no.${error.message}`)) return say(`no.${error.message}`);
  return error.told[spoken() === "vi" ? "vi" : "en"] ?? say("no.general");
}

export const back = (where, text = say("back")) => h("a", { class: "button quiet", href: `#${where}` }, text);

// A heading with a part beneath that folds.
export const fold = (title, ...nodes) => h("details", {}, h("summary", {}, title), nodes);

// Choose one of a few in a list of buttons: [value, text].
export function picker(name, options, chosen, onpick) {
  return h(
    "label",
    { class: "field" },
    name,
    h(
      "select",
      { onchange: (event) => onpick(event.target.value) },
      options.map(([value, text]) => {
        const option = h("option", { value }, text);
        option.selected = value === chosen;
        return option;
      }),
    ),
  );
}
