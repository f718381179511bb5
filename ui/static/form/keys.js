// How a key looks.
import { TONE_KEYS, VNI_HINT } from "./layouts.js";

const ICONS = {
  delete: "M9 5h11v14H9l-6-7zM12.5 9.5l5 5M17.5 9.5l-5 5",
  shift: "M12 4l8 8h-4.5v7h-7v-7H4z",
  done: "M4 12.5l5.5 5.5L20 7",
};

/** The element of one key. words: what stands on "space", "done", "method" and "point". */
export function drawKey({ name, span, hint }, words) {
  if (name === "none") return document.createElement("span");
  const key = Object.assign(document.createElement("button"), { type: "button", tabIndex: -1 });
  key.dataset.key = name;
  key.classList.add(`span-${span}`);
  if (/^[@.]./.test(name)) key.classList.add("phrase");
  else if (name.length > 1) key.classList.add("named", name);
  if (/^[ăâđêôơư]$/.test(name) || name in TONE_KEYS) key.classList.add("direct");
  key.append(...face(name, hint, words));
  return key;
}

function face(name, hint, words) {
  if (name in TONE_KEYS) return [`◌${TONE_KEYS[name]}`];
  if (name === "numbers") return ["123"];
  if (name === "letters") return ["abc"];
  if (name === "blank") return ["␣"];
  if (name === "done") return [icon("done"), text("span", words.done)];
  if (name in ICONS) return [icon(name)];
  if (hint) return [name, text("small", VNI_HINT[name])];
  return [words[name] ?? name];
}

const text = (element, textContent) => Object.assign(document.createElement(element), { textContent });

function icon(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  path.setAttribute("d", ICONS[name]);
  svg.append(path);
  return svg;
}
