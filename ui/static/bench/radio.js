// The air around the gate: a market full of phones, tags to hold to the gate, and what the radio process hears and does.
import { ask, byId, clock, count, has, word, write } from "./talk.js";

const SPAN_MS = 120_000;
const SLIDE_MS = 200;
const SVG = "http://www.w3.org/2000/svg";
const KINDS = ["bluezone", "exposure-notification", "tag"];
const tagButtons = new Map();
let samples = [];
let told = null;
let sliding = 0;
let shown = null;

export function drawRadio({ radio }) {
  if (!radio) return;
  shown = radio;
  const said = radio.status;
  if (said && said.mono_ms !== told) {
    told = said.mono_ms;
    samples.push({ at: performance.now(), rate: said.per_second });
  }
  samples = samples.filter((sample) => performance.now() - sample.at <= SPAN_MS);
  drawState(radio, said);
  drawPlot();
  drawTags(radio.tags);
  drawSteps(radio.steps);
  const slider = byId("phones");
  slider.max = radio.most_phones;
  if (!sliding) slider.value = radio.phones;
  write(byId("phones-now"), count(sliding ? slider.value : radio.phones));
}

function drawState(radio, said) {
  const state = radio.process.state !== "running" ? "stopped" : said ? said.state : "starting";
  const box = byId("radio-state");
  box.dataset.state = state;
  const facts = [word(`bench.radio.${state}`)];
  if (state === "failed") facts.push(word(said.reason === "no_adapter" ? "bench.radio.no_receiver" : "bench.radio.error"));
  else if (state === "listening" && (said.silent_s ?? 0) >= 10) facts.push(word("bench.radio.silent_for", { seconds: count(said.silent_s) }));
  else if (state === "listening") facts.push(word(`bench.radio.${said.mode}`));
  write(box, facts.join(" · "));
  write(byId("heard"), said ? count(said.per_minute) : "–");
  for (const kind of KINDS) write(byId(`kind-${kind}`), said ? count(said[`kind.${kind}`] ?? 0) : "–");
  press("pull-adapter", radio.unplugged, radio.unplugged ? "bench.radio.plug" : "bench.radio.unplug");
  press("deafen", radio.silent, radio.silent ? "bench.radio.hear" : "bench.radio.deafen");
  const runs = radio.process.state === "running";
  write(byId("kill-radio").querySelector("span"), word(runs ? "bench.kill" : "bench.start"));
  byId("kill-radio").dataset.action = runs ? "kill" : "start";
}

function press(id, on, text) {
  byId(id).setAttribute("aria-pressed", on);
  write(byId(id).querySelector("span"), word(text));
}

function drawPlot() {
  const now = performance.now();
  const most = Math.max(10, ...samples.map((sample) => sample.rate));
  const points = samples.map(({ at, rate }) => `${(400 * (1 - (now - at) / SPAN_MS)).toFixed(1)} ${(62 - (58 * rate) / most).toFixed(1)}`);
  const first = points[0]?.split(" ")[0];
  const last = points.at(-1)?.split(" ")[1];
  byId("air-line").setAttribute("d", points.length ? `M${points.join(" L")} L400 ${last}` : "");
  byId("air-area").setAttribute("d", points.length ? `M${first} 62 L${points.join(" L")} L400 ${last} L400 62 Z` : "");
  write(byId("air-most"), word("bench.radio.per_second", { count: count(Math.round(most)) }));
}

function drawTags(tags) {
  if (tags.length !== tagButtons.size || !tags.every((tag) => tagButtons.has(tag.id))) {
    tagButtons.clear();
    for (const tag of tags) {
      const button = byId("held-tag").content.firstElementChild.cloneNode(true);
      button.querySelector("button").dataset.tag = tag.id;
      tagButtons.set(tag.id, button);
    }
    byId("tags").replaceChildren(...tagButtons.values());
  }
  for (const tag of tags) {
    const row = tagButtons.get(tag.id);
    const who = has(`bench.who.${tag.who}`) ? word(`bench.who.${tag.who}`) : tag.who;
    write(row.querySelector("b"), who);
    write(row.querySelector("small"), tag.id);
    row.querySelector("button").title = `${word("bench.radio.hold")}: ${tag.name}`;
  }
}

function drawSteps(steps) {
  const key = JSON.stringify([steps, word("bench.radio.steps")]);
  const list = byId("steps");
  if (list.dataset.key === key) return;
  list.dataset.key = key;
  const rows = steps.slice(0, 3).map((step) => {
    const row = document.createElement("li");
    const name = has(`bench.step.${step.name}`) ? word(`bench.step.${step.name}`) : step.name;
    for (const text of [name, clock(step.at_ms)]) row.append(Object.assign(document.createElement("span"), { textContent: text }));
    return row;
  });
  if (!rows.length) rows.push(Object.assign(document.createElement("li"), { textContent: word("bench.radio.no_steps") }));
  list.replaceChildren(...rows);
}

/** A ring goes out from the tag that is held: the eye finds at once which one it was. */
function ripple(button) {
  const ring = document.createElementNS(SVG, "circle");
  for (const [name, value] of Object.entries({ cx: 12, cy: 12, r: 10, class: "ripple" })) ring.setAttribute(name, value);
  const picture = button.querySelector("svg");
  picture.append(ring);
  setTimeout(() => ring.remove(), 1200);
}

export function listenRadio(refresh) {
  byId("phones").addEventListener("input", (event) => {
    clearTimeout(sliding);
    write(byId("phones-now"), count(event.target.value));
    sliding = setTimeout(async () => {
      await ask("/phones", { count: Number(event.target.value) });
      sliding = 0;
      refresh();
    }, SLIDE_MS);
  });
  byId("tags").addEventListener("click", async (event) => {
    const button = event.target.closest("button");
    if (!button) return;
    ripple(button);
    await ask("/tag", { id: button.dataset.tag });
    refresh();
  });
  byId("pull-adapter").addEventListener("click", () => act({ action: shown?.unplugged ? "plug" : "unplug" }, refresh));
  byId("deafen").addEventListener("click", () => act({ action: shown?.silent ? "speak" : "silence" }, refresh));
  byId("kill-radio").addEventListener("click", async (event) => {
    await ask("/process", { name: shown.process.name, action: event.currentTarget.dataset.action });
    refresh();
  });
  for (const button of document.querySelectorAll("[data-side]")) button.addEventListener("click", () => turn(button.dataset.side));
}

async function act(body, refresh) {
  await ask("/radio", body);
  refresh();
}

/** The card before the gate has two sides: codes for the camera, and the air for the radio. */
function turn(side) {
  document.querySelector(".code").hidden = side !== "code";
  document.querySelector(".air").hidden = side !== "air";
  document.querySelector(`.card:not([hidden]) [data-side="${side}"]`).focus();
}
