// The form's page: sends what the visitor does, swaps in the page that comes back. Decides nothing, keeps nothing:
// answers live in the kiosk's memory, and what stands on the page goes when the page goes.
import { watchCard } from "./card.js";
import { yieldToVisitors } from "./handed.js";
import { idleWatch } from "./idle.js";
import { startList } from "./list.js";
import { Scroller } from "./scroller.js";
import { Voice } from "./voice.js";
import { showStrip } from "./strip.js";

const ANSWER_WITHIN_MS = 8000; // a hand-over takes 2 s at most; beyond that nobody believes in it
const root = document.documentElement;
const main = document.getElementById("form");
const labels = JSON.parse(document.getElementById("labels").textContent);
const byPhone = "phone" in root.dataset;
const byId = (id) => document.getElementById(id);
const page = () => byId("page");
const words = () => labels[root.lang];
const handed = () => "handed" in root.dataset && page().dataset.page !== "receipt"; // by a guard, and not sent yet
let busy = false;
let leaving = false;

const scroller = new Scroller(main);
const voice = new Voice(page, () => root.lang);
const idle = idleWatch({
  patience: () => ["idle", "warn"].map((name) => Number(page()?.dataset[name] ?? root.dataset[name])), dialog: byId("there"),
  runs: () => Boolean(page()?.dataset.token),
  say: (seconds) => { byId("there-why").textContent = words()["form.shell.there_why"].replace("{seconds}", seconds); },
  stir: () => post("alive", {}),
  wipe: () => (handed() ? makeRoom() : act("wipe", {}, true)),
});

/** POST `body` to the visitor's seat; the answer, or null when the kiosk did not give one. */
async function post(action, body) {
  const token = page().dataset.token;
  const text = JSON.stringify(body);
  if (text.length > Number(root.dataset.most) / 3) return tell("form.shell.too_big"); // UTF-8: up to 3 bytes a sign
  try {
    const answer = await fetch(token ? `/form/${token}/${action}` : `/form/${action}`, {
      method: "POST", headers: { "Content-Type": "application/json" }, body: text, cache: "no-store",
      signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
    });
    if (answer.ok) return answer;
    return tell(answer.status === 413 ? "form.shell.too_big" : "form.shell.offline");
  } catch {
    return tell("form.shell.offline");
  }
}

function tell(key) {
  const trouble = byId("trouble");
  trouble.textContent = words()[key];
  trouble.hidden = false;
  return null;
}

/** Do `action`; while it runs, touches mean nothing. `surely`: even while another one runs. */
async function act(action, body = {}, surely = false) {
  if (busy && !surely) return;
  busy = true;
  try {
    const turn = Number(page().dataset.turn);
    const answer = await post(action, { ...body, turn, language: root.lang });
    if (answer && answer.status !== 204) swap(await answer.text());
    else if (surely && action === "wipe") leave(); // no kiosk to ask: the screen is cleared all the same
  } finally {
    busy = false;
  }
}

function swap(html) {
  byId("trouble").hidden = true;
  const made = document.createElement("template");
  made.innerHTML = html;
  const next = made.content.querySelector("#page");
  if (!next) return;
  if (next.dataset.page === "gone" && !byPhone) return leave();
  voice.stop();
  main.replaceChildren(made.content);
  history.replaceState(null, "", next.dataset.token ? `/form/${next.dataset.token}/` : "/form/");
  setLanguage(next.lang);
  arrive();
}

function leave() {
  main.replaceChildren();
  location.replace(byPhone ? "/form/" : "/");
}

/** The screen is the visitors'; what stands half typed goes to the seat first. */
async function giveWay() {
  if (leaving || !handed()) return;
  leaving = true;
  for (let waited = 0; busy && waited < ANSWER_WITHIN_MS; waited += 50) await new Promise((done) => setTimeout(done, 50));
  if (page().dataset.page === "question") await post("language", { ...draft(), turn: Number(page().dataset.turn), language: root.lang });
  leave();
}

/** As above, until a guard brings the form back. */
async function makeRoom() {
  await post("wait", {});
  giveWay();
}

function setLanguage(tag) {
  if (tag === root.lang) return;
  root.lang = tag;
  const texts = words();
  for (const element of document.querySelectorAll("[data-text]")) element.textContent = texts[element.dataset.text];
  for (const element of document.querySelectorAll("[data-label]")) element.setAttribute("aria-label", texts[element.dataset.label]);
  for (const button of document.querySelectorAll("[data-language]")) button.setAttribute("aria-pressed", button.dataset.language === tag);
  document.querySelector("gp-keyboard").setAttribute("labels", JSON.stringify(texts));
  document.title = texts["form.shell.title"];
  voice.offer();
}

/** A new page stands: its focus, its list, its card. */
function arrive() {
  startList(page(), (text) => post("find", { text, turn: Number(page().dataset.turn) }));
  watchCard(page(), () => post("card", {}), swap);
  fill();
  scroller.look();
  const field = "types" in page().dataset ? page().querySelector("[data-typed]") : null;
  (field ?? byId("title"))?.focus({ preventScroll: true });
  field?.scrollIntoView({ block: "nearest" });
  field?.setSelectionRange?.(field.value.length, field.value.length);
}

const chosen = () => [...main.querySelectorAll('[data-pick]:is([aria-checked="true"], [aria-pressed="true"])')].map((one) => one.dataset.pick);
const draft = () => {
  const kept = page().dataset.kept; // a long list knows what was chosen among rows that a search has hidden
  return { picked: kept ? JSON.parse(kept) : chosen(), typed: [...main.querySelectorAll("[data-typed]")].map((field) => field.value) };
};

/** Whether there is an answer on the page: decides what its last button says. */
function fill() {
  const now = draft();
  const empty = now.picked.length === 0 && now.typed.every((text) => !text.trim());
  page().toggleAttribute("data-empty", empty);
}

function check(button, on) {
  button.setAttribute("aria-checked", on);
  page().dispatchEvent(new CustomEvent("picked", { detail: { place: button.dataset.pick, name: button.textContent.trim(), on } }));
}

const LOCAL = {
  choose(button) { // the one answer: go on at once
    for (const one of main.querySelectorAll("[data-pick]")) one.setAttribute("aria-pressed", one === button);
    for (const field of main.querySelectorAll("[data-other]")) field.value = "";
    act("answer", { picked: [button.dataset.pick], typed: [] });
  },
  toggle(button) {
    const on = button.getAttribute("aria-checked") !== "true";
    for (const one of main.querySelectorAll('[data-local="alone"][aria-checked="true"]')) check(one, false);
    check(button, on);
    fill();
  },
  alone(button) { // "none of these": nothing can stand beside it, so it is an answer at once
    for (const one of main.querySelectorAll("[data-pick]")) one.setAttribute("aria-checked", one === button);
    act("answer", { picked: [button.dataset.pick], typed: [] });
  },
  other(button) {
    const line = byId("other-line");
    line.hidden = !line.hidden;
    button.setAttribute("aria-expanded", !line.hidden);
    if (line.hidden) line.querySelector("input").value = "";
    else line.querySelector("input").focus();
    fill();
    scroller.look();
  },
  "write-in"() { act("answer", { picked: [], typed: [byId("find").value] }); },
  tick(button) { button.setAttribute("aria-checked", button.getAttribute("aria-checked") !== "true"); },
  "add-line"(button) {
    const last = [...main.querySelectorAll("[data-typed]")].at(-1);
    const field = last.cloneNode();
    field.removeAttribute("id");
    field.value = "";
    last.after(field);
    field.focus();
    scroller.look();
  },
  "card-again"() { watchCard(page(), () => post("card", {}), swap); },
};

const TOOLS = {
  languages: () => byId("languages").showModal(),
  leave: () => (page().dataset.token ? byId("leave").showModal() : leave()),
  close: (button) => button.closest("dialog").close(),
  here: () => idle.here(),
  "make-room": (button) => { button.closest("dialog").close(); makeRoom(); },
  "leave-surely": (button) => { button.closest("dialog").close(); act("wipe", {}, true); },
  bigger: (button) => look(button, "zoom", "200", "100"),
  sun: (button) => look(button, "theme", "sun", "day"),
  listen: () => voice.listen(byId("volume")),
  louder: () => voice.change(1),
  softer: () => voice.change(-1),
};

function look(button, name, on, off) {
  const set = root.dataset[name] !== on;
  root.dataset[name] = set ? on : off;
  button.setAttribute("aria-pressed", set);
  scroller.look();
}

function collect(button) {
  const body = button.dataset.body ? JSON.parse(button.dataset.body) : {};
  const action = button.dataset.act;
  if (action === "agree") return { ticked: byId("agree")?.getAttribute("aria-checked") === "true" };
  return ["answer", "back"].includes(action) && page().dataset.page === "question" ? { ...body, ...draft() } : body;
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (!button) return;
  const { act: action, local, tool, language, scrollBy } = button.dataset;
  if (tool) TOOLS[tool](button);
  else if (language) speakIn(language);
  else if (scrollBy) scroller.move(Number(scrollBy));
  else if (busy) return;
  else if (local) LOCAL[local](button);
  else if (action) {
    if (button.dataset.busy) button.querySelector("span").textContent = button.dataset.busy;
    act(action, collect(button));
  }
});

async function speakIn(language) {
  byId("languages").close();
  if (language === root.lang) return;
  if (!page().dataset.token) {
    const answer = await post("start", { language });
    if (answer) swap(await answer.text());
  } else if (!busy) {
    busy = true;
    try {
      const body = page().dataset.page === "question" ? draft() : {};
      const answer = await post("language", { ...body, turn: Number(page().dataset.turn), language });
      if (answer) swap(await answer.text());
    } finally {
      busy = false;
    }
  }
}

main.addEventListener("input", (event) => {
  if (event.target.matches("[data-other]") && event.target.value)
    for (const one of main.querySelectorAll('[data-pick][aria-pressed="true"]')) one.setAttribute("aria-pressed", false);
  fill();
});
const submit = () => main.querySelector('[data-act="answer"]')?.click();
main.addEventListener("gp-done", (event) => { if (event.target.matches("[data-typed]")) submit(); });
main.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.defaultPrevented || !event.target.matches("input[data-typed]")) return;
  event.preventDefault();
  submit();
});
document.addEventListener("contextmenu", (event) => event.preventDefault());

if (!byPhone) showStrip();
if (handed()) yieldToVisitors({ giveWay, leave: () => handed() && leave() });
voice.offer();
arrive();
// The first page needs neither: fetched before it is painted, their dozen files would keep the visitor waiting.
requestAnimationFrame(() => setTimeout(() => {
  Promise.all([import("./keyboard.js"), import("./wheels.js")]).catch(() => tell("form.shell.offline"));
}));
