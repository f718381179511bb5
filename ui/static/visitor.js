// The visitor screen: shows the newest view, wipes it when its time is over, and shows the fault page by itself when
// the kiosk is silent. It decides nothing; it never shows a result that is older than its named time.
import { listen } from "./feed.js";
import { Picture } from "./preview.js";

const LANGUAGE_RESET_MS = 30_000; // the next visitor is greeted in the place's first language
const LONG_ALONE = 480; // letters that a screen of 800 x 480 has room for in the size for arm's length
const CHECK_REST_MS = 1_500; // so long the gate rests before a self-check has its screen back: a queue comes first
const PRESS_AGAIN_MS = 600; // a finger that trembles presses once

const byId = (id) => document.getElementById(id);
const labels = JSON.parse(byId("labels").textContent);
const languages = document.documentElement.dataset.languages.split(" "); // the place's own order
const picture = new Picture(byId("preview"));

let language = languages[0];
let current = null; // the view on the screen
let rest = null; // what the screen goes back to: the newest view that belongs to no visitor
let wipeTimer = 0;
let languageTimer = 0;
let checkTimer = 0;
let choosing = false; // the sheet of languages lies over the idle page
let pressedAt = -PRESS_AGAIN_MS;
let secret = null; // what the visitor of the view `n` reads alone; it goes with that visitor's views

const lostSaid = Object.fromEntries(languages.map((tag) => [tag, {
  word: labels[tag]["screen.lost.word"], reason: labels[tag]["screen.lost.reason"], next: labels[tag]["screen.lost.next"],
}]));
const LOST = { page: "closed", signal: "FAULT", lamps: "stalled", at: "", stays_ms: 0, age_ms: 0, said: lostSaid };

function take(view) {
  const personal = view.page !== "idle" && view.page !== "closed";
  if (!personal) rest = view;
  const left = view.stays_ms - view.age_ms;
  if (personal && view.stays_ms > 0 && left <= 0) return wipe();
  if (personal) clearTimeout(languageTimer);
  show(view);
  if (view.stays_ms > 0) wipeTimer = setTimeout(wipe, left);
}

function wipe() {
  chooseLanguage(languages[0]);
  show(rest ?? { ...LOST, lamps: "starting", starting: true });
}

function show(view) {
  clearTimeout(wipeTimer);
  current = view;
  if (view.page !== "private" && view.n !== secret?.n) secret = null;
  const body = document.body;
  const signal = view.page === "result" || view.page === "closed" ? view.signal ?? "FAULT" : "";
  Object.assign(body.dataset, { page: view.page, signal, lamps: view.lamps });
  choosing &&= view.page === "idle"; // whoever is at the gate comes before whoever is still choosing
  showSection();
  byId("at").textContent = view.at;
  if (view.progress) [byId("light-progress").value, byId("light-progress").max] = view.progress;
  if (byId("declare")) byId("declare").hidden = !view.declare;
  if (byId("due")) {
    byId("due").hidden = !view.due;
    byId("due").dataset.open = `/form/?offer=${encodeURIComponent(view.due)}`;
  }
  if (byId("offer")) byId("offer").hidden = !view.offer;
  if (byId("alone")) byId("alone").hidden = !view.private;
  if (byId("say")) byId("say").hidden = !view.say;
  byId("tap").hidden = !view.taps;
  drawPass(view.code);
  byId("sign").setAttribute("href", view.starting ? "#sign-starting" : `#sign-${signal || "ALLOW"}`);
  runBar(view);
  if (view.technician) location.replace("/technician");
  waitForCheck();
  speak();
}

/** To the self-check that a guard gave to this screen, once nobody is answered and nobody touches the screen. */
function waitForCheck(ms = CHECK_REST_MS) {
  clearTimeout(checkTimer);
  const resting = current.page === "idle" || current.page === "closed";
  if (resting && current.check) checkTimer = setTimeout(() => location.replace(current.check), ms);
}

function showSection() {
  const page = current.page === "closed" ? "result" : choosing ? "languages" : current.page;
  for (const id of ["idle", "languages", "choose", "result", "light", "pass", "private"]) if (byId(id)) byId(id).hidden = id !== page;
  picture.run(page === "idle");
}

/** The code of the pass on the screen; of none, nothing is left. A border of four modules lets cameras find it. */
function drawPass(code) {
  if (!byId("pass")) return;
  const size = (code?.size ?? 0) + 8;
  byId("pass-code").setAttribute("viewBox", `-4 -4 ${size} ${size}`);
  byId("pass-path").setAttribute("d", code?.path ?? "");
}

/** Opens or closes the sheet of languages; left open, it closes by itself. */
function choose(open) {
  clearTimeout(languageTimer);
  choosing = open && current.page === "idle";
  showSection();
  languageTimer = setTimeout(() => { choose(false); chooseLanguage(languages[0]); }, LANGUAGE_RESET_MS);
}

function speak() {
  document.documentElement.lang = language;
  const words = labels[language];
  for (const element of document.querySelectorAll("[data-text]")) element.textContent = words[element.dataset.text];
  for (const element of document.querySelectorAll("[data-label]")) element.setAttribute("aria-label", words[element.dataset.label]);
  byId("lamps").setAttribute("aria-label", `${words["screen.lamps"]}: ${words[`screen.lamp.${current?.lamps ?? "starting"}`] ?? ""}`);
  for (const button of document.querySelectorAll("[data-language]")) button.setAttribute("aria-pressed", button.dataset.language === language);
  // Every place for words is written each time, with "" where the page has none: nothing of the last visitor is left.
  const page = current?.page ?? "closed";
  const said = (current ?? LOST).said;
  const now = said[language];
  const other = languages.find((tag) => tag !== language);
  const shown = page === "closed" ? "result" : page;
  const write = (id, text, when) => { byId(id).textContent = when === shown ? text : ""; };
  write("idle-word", now.word, "idle");
  write("idle-reason", now.reason, "idle");
  write("idle-next", now.next, "idle");
  write("choose-word", now.word, "choose");
  write("choose-reason", now.reason, "choose");
  write("light-word", now.word, "light");
  write("light-reason", now.reason, "light");
  write("light-next", now.next, "light");
  if (byId("pass")) {
    write("pass-word", now.word, "pass");
    write("pass-reason", now.reason, "pass");
    write("pass-next", now.next, "pass");
  }
  if (byId("private")) speakAlone(page === "private" ? now : null);
  write("word", now.word, "result");
  write("reason", now.reason, "result");
  write("next", now.next, "result");
  write("other", other ? said[other].word : "", "result");
  if (other) byId("other").lang = other;
  document.querySelector(".said").classList.toggle("long", wide(now.word) > 11);
}

/** What is read alone, where this page was given it; to every other page only that somebody reads. */
function speakAlone(now) {
  const said = now && secret ? secret.said[language] : null;
  const next = languages[(languages.indexOf(language) + 1) % languages.length];
  byId("private-word").textContent = said?.title ?? now?.word ?? "";
  byId("private-reason").textContent = said ? "" : now?.reason ?? "";
  for (const line of document.querySelectorAll("#private-said .line")) line.remove();
  byId("private-said").append(...(said?.lines ?? []).map((text) => Object.assign(document.createElement("p"), { className: "line", textContent: text })));
  byId("private").classList.toggle("long", wide((said?.lines ?? []).join("")) > LONG_ALONE);
  byId("print").hidden = !said || !secret.prints;
  if (secret?.printed) byId("print").textContent = labels[language][secret.printed];
  if (!byId("next-language")) return;
  byId("next-language").hidden = !said;
  byId("next-language").lang = next;
  byId("next-language").textContent = labels[next]["screen.language"];
}

/** Asks for what the visitor of this view may read alone. The gate answers one page, and only while it is time. */
async function readAlone({ n }) {
  const answer = await ask("/alone", { view: n });
  const passed = current.n !== n && current.page !== "private"; // the next visitor was quicker than the answer
  if (!answer?.said || passed) return;
  secret = { n, ...answer };
  speak();
}

async function printAlone() {
  const asked = secret;
  if (!asked || asked.printed) return;
  asked.printed = "screen.alone_print";
  const answer = await ask("/alone/print", { view: asked.n, language });
  asked.printed = answer?.printed ? "screen.alone_printed" : "screen.alone_no_paper";
  speak();
}

/** How wide a text is, in Latin letters: those of China, Japan and Korea count nearly twice. */
function wide(text) {
  return text.length + 0.8 * (text.match(/[\u3000-\u9fff\uac00-\ud7ff]/g)?.length ?? 0);
}

function runBar(view) {
  const bar = byId("bar");
  bar.classList.remove("runs");
  if (!view.stays_ms) return;
  bar.style.setProperty("--stays", `${view.stays_ms}ms`);
  bar.style.setProperty("--since", `${-view.age_ms}ms`);
  void bar.offsetWidth; // lets the animation begin anew
  bar.classList.add("runs");
}

function chooseLanguage(tag) {
  clearTimeout(languageTimer);
  if (tag !== language) {
    language = tag;
    speak();
  }
  if (tag !== languages[0]) languageTimer = setTimeout(() => chooseLanguage(languages[0]), LANGUAGE_RESET_MS);
}

function press(name) {
  ask("/press", { name });
}

async function ask(path, body) {
  try {
    const answer = await fetch(path, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body), cache: "no-store" });
    return answer.ok && answer.status !== 204 ? await answer.json() : null;
  } catch {
    return null; // a kiosk that is gone is told by its silence
  }
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (!button) return;
  waitForCheck(LANGUAGE_RESET_MS);
  if (button.id === "globe" || button.id === "no-language") {
    choose(button.id === "globe");
  } else if (button.dataset.language) {
    if (choosing) choose(false);
    chooseLanguage(button.dataset.language);
    press(`language:${language}`);
  } else if (button.id === "next-language") {
    chooseLanguage(button.lang);
  } else if (button.id === "alone") {
    readAlone(current);
  } else if (button.id === "print") {
    printAlone();
  } else if (button.id === "offer") {
    ask("/pass", { view: current.n, language }); // the gate knows whether this touch is still about its last visitor
  } else if (button.dataset.open) {
    location.href = `${button.dataset.open}${button.dataset.open.includes("?") ? "&" : "?"}language=${language}`;
  } else if (button.dataset.press && performance.now() - pressedAt > PRESS_AGAIN_MS) {
    pressedAt = performance.now();
    press(button.dataset.press);
  }
});
document.addEventListener("contextmenu", (event) => event.preventDefault());

show({ ...LOST, lamps: "starting", starting: true });
if (parent !== window) parent.postMessage("gatepost screen", "*"); // the bench page asks again until it hears this
listen({ onView: take, onLost: () => show(LOST) });
