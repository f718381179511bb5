// <gp-wheels>: a date by wheels for day, month and year; in the order and with the month names of the page's language,
// which come with its texts: Debian's Chromium knows neither Khmer nor Lao dates.
//
//   <gp-wheels labels='{{ labels | tojson }}' precision="day" min="1900-01-01" max="2026-11-23" start="1980-01-01">
//     <input type="hidden" name="answer" value="1980-05-17">
//   </gp-wheels>
//
// input[name]   inside; holds the answer: "" until every wheel was turned, then "YYYY-MM-DD", "YYYY-MM" or "YYYY".
//               It tells "input" (bubbles) when the answer changes. Without one, a hidden one called by `name` is made.
// precision     day (default), month or year: which wheels there are
// partial       "month": a button says that the day is not known, the answer is YYYY-MM; "year": one for the month, too
// min, max      ISO dates (YYYY-MM-DD, YYYY-MM or YYYY); without them 1900-01-01 to 2100-12-31
// start         where an untouched wheel begins to turn: nothing is chosen beforehand. Without it, max or 2000.
// labels        JSON of the texts "wheels.*"; may change at any time
// Turn by dragging, by the buttons (held down they go on), by the arrow keys, Page Up/Down (10 years), Home, End, or by
// typing digits on a real keyboard. Each wheel is a spinbutton for readers of the screen.
// The calendar is the Gregorian one, as on passports; Thai years carry the Buddhist year behind.

import { PARTS, pad, parse, range } from "./dates.js";
import { drag } from "./drag.js";

const REPEAT_AFTER_MS = 450;
const REPEAT_EVERY_MS = 110;
const TYPE_AGAIN_MS = 1500; // digits typed sooner than that belong to one number
const BUDDHIST_ERA = 543; // years between the two calendars in Thailand since 1941
const MONTHS = Array.from({ length: 12 }, (_, i) => i + 1).join(" · ");
class Wheels extends HTMLElement {
  static observedAttributes = ["labels", "lang"];
  #chosen = { year: null, month: null, day: null };
  #unknown = "";
  #labels = {};
  #wheels = new Map();
  #timer = 0;
  #typed = { part: "", text: "", at: 0 };

  connectedCallback() {
    this.#input ??= this.querySelector("input") ?? this.#ownInput();
    this.#min = parse(this.getAttribute("min") ?? "1900-01-01");
    this.#max = parse(this.getAttribute("max") ?? "2100-12-31");
    this.#start = parse(this.getAttribute("start") ?? (this.getAttribute("max") ? this.getAttribute("max") : "2000-01-01"));
    const [year = null, month = null, day = null] = parse(this.#input.value);
    this.#chosen = { year, month, day };
    if (year !== null) this.#unknown = month === null && this.#has("month") ? "month" : day === null && this.#has("day") ? "day" : "";
    this.#build();
  }

  disconnectedCallback() {
    this.#stop();
  }

  attributeChangedCallback() {
    if (this.#wheels.size) this.#build();
  }

  #input = null;
  #min = [];
  #max = [];
  #start = [];

  /** "" or the answer so far, as the input has it. */
  get value() {
    return this.#input?.value ?? "";
  }

  #ownInput() {
    const input = Object.assign(document.createElement("input"), { type: "hidden", name: this.getAttribute("name") ?? "" });
    this.append(input);
    return input;
  }

  #has(part) {
    const precision = this.getAttribute("precision") ?? "day";
    return PARTS.indexOf(part) <= PARTS.indexOf(precision);
  }

  #order() {
    return this.#label("order").split(" ").filter((part) => PARTS.includes(part) && this.#has(part));
  }

  #label(key) {
    return this.#labels[`wheels.${key}`] ?? { order: "day month year", months: MONTHS }[key] ?? key;
  }

  #build() {
    this.querySelector(".wheels")?.remove();
    this.#wheels.clear();
    this.#labels = JSON.parse(this.getAttribute("labels") || "{}");
    const frame = element("div", { className: "wheels" });
    const row = element("div", { className: "row" });
    for (const part of this.#order()) row.append(this.#wheel(part));
    frame.append(row, ...this.#unknowns());
    this.append(frame);
    this.#show();
  }

  #wheel(part) {
    const name = this.#label(part);
    const spin = element("div", { className: "spin", tabIndex: 0 });
    spin.setAttribute("role", "spinbutton");
    spin.setAttribute("aria-label", name);
    const band = element("div", { className: "band" });
    for (let i = 0; i < 5; i += 1) band.append(element("span", {}));
    spin.append(band);
    const button = (step, word, path) => {
      const key = element("button", { type: "button", tabIndex: -1 });
      key.setAttribute("aria-label", `${name}: ${word}`);
      key.append(chevron(path));
      key.addEventListener("pointerdown", (event) => { event.preventDefault(); this.#hold(part, step); });
      for (const end of ["pointerup", "pointercancel", "pointerleave"]) key.addEventListener(end, () => this.#stop());
      key.addEventListener("click", (event) => { if (event.detail === 0) this.#turn(part, step); }); // by a reader of the screen
      key.addEventListener("mousedown", (event) => event.preventDefault());
      return key;
    };
    const wheel = element("div", { className: `wheel ${part}` });
    wheel.append(button(-1, this.#label("earlier"), "M5 15l7-7 7 7"), spin, button(1, this.#label("later"), "M5 9l7 7 7-7"));
    spin.addEventListener("keydown", (event) => this.#key(part, event));
    drag(spin, { rows: (count) => this.#rollBy(part, count), tap: (rows) => this.#tap(part, rows) });
    this.#wheels.set(part, spin);
    return wheel;
  }

  #unknowns() {
    const wanted = { month: ["day"], year: ["day", "month"] }[this.getAttribute("partial")] ?? [];
    const row = element("div", { className: "unknowns" });
    for (const part of wanted.filter((name) => this.#has(name))) {
      const key = element("button", { type: "button", textContent: this.#label(`${part}_unknown`) });
      key.dataset.unknown = part;
      key.addEventListener("click", () => { this.#unknown = this.#unknown === part ? "" : part; this.#changed(); });
      row.append(key);
    }
    return row.childNodes.length ? [row] : [];
  }

  #off(part) {
    return this.#unknown === part || (this.#unknown === "month" && part === "day");
  }

  #range(part) {
    return range(part, this.#chosen, this.#min, this.#max);
  }

  #turn(part, step) {
    const now = this.#chosen[part];
    if (this.#off(part)) this.#unknown = part === "day" && this.#unknown === "day" ? "" : part === "month" ? "" : this.#unknown;
    const [least, most] = this.#range(part);
    const start = this.#start[PARTS.indexOf(part)] ?? least;
    let next = now === null ? start : now + step;
    // Months and days go round; years end.
    if (part !== "year" && now !== null && Math.abs(step) === 1) next = next > most ? least : next < least ? most : next;
    this.#put(part, next);
  }

  #put(part, value) {
    this.#chosen[part] = value;
    for (const name of PARTS) { // a shorter month or the limit takes the parts below with it
      if (this.#chosen[name] === null) continue;
      const [least, most] = this.#range(name);
      this.#chosen[name] = Math.min(Math.max(this.#chosen[name], least), most);
    }
    this.#changed();
  }

  #changed() {
    const before = this.#input.value;
    const { year, month, day } = this.#chosen;
    const parts = [[year, 4], [month, 2], [day, 2]].filter((_, i) => this.#has(PARTS[i]) && !this.#off(PARTS[i]));
    this.#input.value = parts.some(([value]) => value === null) ? "" : parts.map(([value, length]) => pad(value, length)).join("-");
    this.#show();
    if (this.#input.value !== before) this.#input.dispatchEvent(new Event("input", { bubbles: true }));
  }

  #name(part, value) {
    if (part === "month") return this.#label("months").split(" · ")[value - 1];
    if (part === "year" && this.closest("[lang]")?.lang === "th") return `${value} · ${value + BUDDHIST_ERA}`;
    return String(value);
  }

  #show() {
    for (const [part, spin] of this.#wheels) {
      const value = this.#off(part) ? null : this.#chosen[part];
      const [least, most] = this.#range(part);
      const start = this.#start[PARTS.indexOf(part)] ?? least;
      const middle = value ?? Math.min(Math.max(start, least), most);
      spin.classList.toggle("empty", value === null);
      spin.classList.toggle("off", this.#off(part));
      spin.setAttribute("aria-valuemin", least);
      spin.setAttribute("aria-valuemax", most);
      if (value === null) spin.removeAttribute("aria-valuenow");
      else spin.setAttribute("aria-valuenow", value);
      spin.setAttribute("aria-valuetext", value === null ? this.#label("none") : this.#name(part, value));
      [...spin.querySelectorAll("span")].forEach((row, i) => {
        const at = middle + i - 2;
        row.textContent = i === 2 && value === null ? "–" : at < least || at > most ? "" : this.#name(part, at);
      });
    }
    for (const key of this.querySelectorAll("[data-unknown]")) key.setAttribute("aria-pressed", this.#unknown === key.dataset.unknown);
  }

  #hold(part, step) {
    this.#stop();
    this.#turn(part, step);
    const again = () => { this.#turn(part, step); this.#timer = setTimeout(again, REPEAT_EVERY_MS); };
    this.#timer = setTimeout(again, REPEAT_AFTER_MS);
  }

  #stop() {
    clearTimeout(this.#timer);
  }

  #rollBy(part, rows) {
    const [least, most] = this.#range(part);
    const start = this.#start[PARTS.indexOf(part)] ?? least;
    this.#put(part, Math.min(Math.max((this.#chosen[part] ?? start) + rows, least), most));
  }

  /** A touch on a row turns the wheel to it; on the middle of an untouched wheel, it takes what stands there. */
  #tap(part, rows) {
    if (this.#off(part)) this.#turn(part, 0);
    else if (rows || this.#chosen[part] === null) this.#rollBy(part, rows);
  }

  #key(part, event) {
    const [least, most] = this.#range(part);
    const far = part === "year" ? 10 : 5;
    const step = { ArrowUp: -1, ArrowDown: 1, PageUp: -far, PageDown: far }[event.key];
    if (step) this.#turn(part, step);
    else if (event.key === "Home") this.#put(part, least);
    else if (event.key === "End") this.#put(part, most);
    else if (event.key === "Backspace" || event.key === "Delete") this.#clear(part);
    else if (/^[0-9]$/.test(event.key)) this.#digit(part, event);
    else return;
    event.preventDefault();
  }

  #clear(part) {
    this.#chosen[part] = null;
    this.#typed.text = "";
    this.#changed();
  }

  #digit(part, event) {
    const goes = this.#typed.part === part && event.timeStamp - this.#typed.at < TYPE_AGAIN_MS;
    const text = (goes ? this.#typed.text : "") + event.key;
    this.#typed = { part, text, at: event.timeStamp };
    const [least, most] = this.#range(part);
    const value = Number(text);
    if (text.length === (part === "year" ? 4 : 2)) this.#typed.text = "";
    if (value >= least && value <= most && (part !== "year" || text.length === 4)) this.#put(part, value);
  }
}

const element = (name, properties) => Object.assign(document.createElement(name), properties);

function chevron(path) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  const line = document.createElementNS("http://www.w3.org/2000/svg", "path");
  line.setAttribute("d", path);
  svg.append(line);
  return svg;
}

const sheet = element("link", { rel: "stylesheet", href: new URL("./wheels.css", import.meta.url).href });
await new Promise((done) => { // wheels without their looks are no wheels
  for (const end of ["load", "error"]) sheet.addEventListener(end, done);
  document.head.append(sheet);
});
customElements.define("gp-wheels", Wheels);
