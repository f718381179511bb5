// The guard's page: mirrors the signal, shows what is known beside it, sends what the guard decides. It decides nothing
// and never shows a signal that is older than its named time or than the last word of the kiosk.
import { ask, fill } from "./ask.js";
import { link } from "./link.js";
import { paper } from "./paper.js";

const SAID_MS = 5000;
const PRESS_AGAIN_MS = 600; // a thumb that trembles presses once

const byId = (id) => document.getElementById(id);
const labels = JSON.parse(byId("labels").textContent);
const { build, guard } = document.documentElement.dataset;
const number = new Intl.NumberFormat(document.documentElement.lang);
const RESTING = { page: "idle", signal: "", word: labels.waiting, reason: "", next: "", why: [] };
const LOST = { page: "lost", signal: "LOST", word: labels["lost.word"], reason: labels["lost.reason"], next: "", why: [] };

const ZONES = { green: labels["zone.green"], yellow: labels["zone.yellow"], orange: labels["zone.orange"], red: labels["zone.red"] };
const ON_SCREEN = { shown: labels["check_shown"], waiting: labels["check_waiting"] };

let rest = RESTING; // what the card goes back to: the newest view that belongs to no visitor
let last = null; // the newest visitor's view: whom an override is about
let known = null;
let wipeTimer = 0;
let saidTimer = 0;
let pressed = { button: null, at: 0 };

function take(view) {
  const personal = view.page === "result" || view.page === "choose";
  if (personal) last = view;
  else rest = view.page === "idle" ? { ...RESTING, n: view.n } : view;
  const left = view.stays_ms - view.age_ms;
  if (personal && view.stays_ms > 0 && left <= 0) return show(rest);
  show(personal ? view : rest);
  if (personal && view.stays_ms > 0) wipeTimer = setTimeout(() => show(rest), left);
}

function show(view) {
  clearTimeout(wipeTimer);
  document.body.dataset.link = view === LOST ? "lost" : "heard";
  const signal = view.page === "choose" ? "ASK" : view.page === "closed" ? view.signal ?? "FAULT" : view.signal;
  document.body.dataset.signal = signal || "IDLE";
  byId("sign").setAttribute("href", view.page === "lost" ? "#sign-lost" : view.starting ? "#sign-starting" : signal ? `#sign-${signal}` : "#sign-idle");
  document.body.dataset.view = view.n ?? "";
  byId("word").textContent = view.word;
  byId("reason").textContent = [view.reason, view.next].filter(Boolean).join(" · ");
  byId("why").textContent = view.why.join(" · ");
  byId("signal").classList.toggle("long", width(view.word + view.reason + view.next + view.why.join("")) > 90);
}

// Han, kana and Hangul signs are twice as wide as letters.
const width = (words) => [...words].reduce((sum, sign) => sum + (/[\u3000-\u9fff\uac00-\ud7af\uff00-\uffef]/.test(sign) ? 2 : 1), 0);

function learn(now) {
  known = now;
  byId("clock").textContent = now.clock;
  byId("inside").textContent = number.format(now.occupancy);
  byId("inside-what").textContent = now.capacity === null ? labels.inside : fill(labels["inside.of"], { capacity: number.format(now.capacity) });
  byId("came").textContent = number.format(now.in_15);
  byId("left").textContent = number.format(now.out_15);
  byId("scanned").textContent = now.scanned_15 === null ? "–" : `${now.scanned_15}%`;
  byId("recent").replaceChildren(...now.recent.map(passed));
  byId("paper-strip").hidden = !now.paper;
  byId("tags-strip").hidden = !now.tags_down || now.paper; // on paper nobody asks for codes
  if (byId("check-strip")) {
    byId("check-strip").hidden = !now.check_due || now.paper;
    byId("check-there").textContent = now.check_screen ? ON_SCREEN[now.check_screen] : "";
    byId("check-back").hidden = !now.check_screen;
  }
  byId("zone").hidden = !now.zone;
  byId("zone").dataset.level = now.zone;
  byId("zone").textContent = now.zone ? fill(ZONES[now.zone], { date: now.zone_until }) : "";
  callForHelp(now.help);
  slips.learn(now);
}

function passed({ signal, direction, people, at }) {
  const row = document.createElement("li");
  const sign = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  use.setAttribute("href", `#mini-${signal}`);
  sign.setAttribute("aria-hidden", "true");
  sign.append(use);
  row.dataset.signal = signal;
  const what = signal === "ALLOW" ? labels[direction ?? "in"] : labels[`recent.${signal}`];
  row.append(sign, text("span", people > 1 ? `${what} · ${fill(labels.people, { count: people })}` : what), text("time", at));
  return row;
}

function text(tag, words) {
  const element = document.createElement(tag);
  element.textContent = words;
  return element;
}

function callForHelp(name) {
  const strip = byId("help");
  const begins = name !== "" && strip.hidden;
  byId("help-text").textContent = name === guard ? labels["help.mine"] : fill(labels["help.called"], { guard: name });
  strip.hidden = name === "";
  byId("help-heard").hidden = name === guard;
  byId("call").setAttribute("aria-pressed", name !== "");
  byId("call-text").textContent = labels[name === "" ? "help.call" : "help.stop"];
  if (begins && name !== guard) navigator.vibrate?.([300, 150, 300, 150, 300]);
}

function lose() {
  show(LOST);
  for (const id of ["inside", "came", "left", "scanned"]) byId(id).textContent = "–";
  byId("recent").replaceChildren();
  byId("clock").textContent = "";
}

function say(answer, done) {
  clearTimeout(saidTimer);
  if (answer.problem === "ended") return location.replace("/");
  byId("said").textContent = answer.ok ? done : fill(labels[`problem.${answer.problem}`] ?? labels["problem.lost"], { minutes: Math.ceil(answer.wait / 60) });
  byId("said").dataset.ok = answer.ok;
  saidTimer = setTimeout(() => { byId("said").textContent = ""; }, SAID_MS);
}

const slips = paper({ labels, say });

async function override(button) {
  const allow = button.dataset.allow === "true";
  button.closest("dialog").close();
  say(await ask("/override", { allow, reason: Number(button.dataset.reason), view: last?.n ?? 0 }), labels[allow ? "done.let_in" : "done.keep_out"]);
}

async function handCheck(check) {
  byId("checks").close();
  say(await ask("/check", { check }), labels[check ? "done.check_screen" : "done.check_back"]);
}

function open(sheet) {
  const about = byId(sheet).querySelector("[data-about]");
  if (about) about.textContent = last ? [last.at, last.word].filter(Boolean).join(" · ") : "";
  document.querySelector("dialog[open]")?.close();
  byId(sheet).showModal();
}

document.addEventListener("click", async (event) => {
  const button = event.target.closest("button");
  if (event.target instanceof HTMLDialogElement) return event.target.close(); // the dark beside the sheet
  if (!button) return;
  if ("close" in button.dataset) return button.closest("dialog").close();
  if (button.dataset.sheet) return button.dataset.sheet === "slip" ? slips.begin(open) : open(button.dataset.sheet);
  if (button.type === "submit" || (pressed.button === button && performance.now() - pressed.at < PRESS_AGAIN_MS)) return;
  pressed = { button, at: performance.now() };
  if (button.dataset.reason) return override(button);
  if ("check" in button.dataset) return handCheck(button.dataset.check);
  const act = ACTS[button.id];
  if (act) await act();
});

const ACTS = {
  more: () => open("menu"),
  call: async () => { const on = !known?.help; say(await ask("/help", { on }), labels[on ? "done.called" : "done.call_ended"]); },
  "help-heard": async () => say(await ask("/help", { on: false }), labels["done.call_ended"]),
  "send-suspect": async () => {
    byId("suspect").close();
    const answer = await ask("/suspected", { words: byId("suspect-words").value });
    if (answer.ok) byId("suspect-words").value = ""; // what was not recorded is not typed twice
    say(answer, labels["done.suspect"]);
  },
  lights: async () => { byId("menu").close(); say(await ask("/lights"), labels["done.lights"]); },
  leave: async () => { await ask("/leave"); location.replace("/"); },
  give: () => slips.give(),
  scan: () => slips.scan(),
  "paper-mode": () => slips.turn(!known?.paper),
};

byId("language")?.addEventListener("change", async (event) => {
  const answer = await ask("/language", { language: event.target.value });
  if (answer.ok) location.reload();
  else say(answer, "");
});

show(LOST);
link({ build, onView: take, onNow: learn, onLost: lose, onEnded: () => location.replace("/") });
