// Still well? One tap for each of the family, each day; a reminder that can be stopped at any time.

import { ask, get } from "./api.js";
import { h } from "./dom.js";
import { mineOf } from "./mine.js";
import { textAt } from "./pass.js";
import { change, read } from "./store.js";
import { button, fold, go, picker, show, tell } from "./view.js";
import { clock, dayKey, say, spoken } from "./words.js";
import { fillIn } from "./screen-declare.js";
import { nameOf } from "./screen-pass.js";

const OFF = -1; // a reminder that was stopped here, whatever the centre said before

export async function wellScreen() {
  const passes = await read("passes", []);
  if (!passes.length) return go("pass");
  const told = await read("told_well", {});
  show(
    say("well.title"),
    [
      h("p", { class: "quiet" }, say("well.why")),
      passes.map((pass) => row(pass, told[pass.id])),
      await reminder(passes[0]),
    ],
    { look: "well" },
  );
}

// Neither answer is chosen beforehand, and neither is larger than the other.
function row(pass, said) {
  const today = said && dayKey(said.at_ms) === dayKey(Date.now());
  return h(
    "section",
    { class: "card" },
    h("h2", {}, nameOf(pass)),
    today
      ? h("p", { role: "status" }, say(said.well ? "well.said_well" : "well.said_unwell", { time: clock(said.at_ms) }))
      : null,
    h(
      "div",
      { class: "pair" },
      button(say("well.yes"), () => well(pass), { look: "quiet", label: `${nameOf(pass)}: ${say("well.yes")}` }),
      button(say("well.no"), () => unwell(pass), { look: "quiet", label: `${nameOf(pass)}: ${say("well.no")}` }),
    ),
  );
}

const keep = (pass, isWell) =>
  change("told_well", {}, (all) => ({ ...all, [pass.id]: { at_ms: Date.now(), well: isWell } }));

async function well(pass) {
  await ask(pass, "/v/api/well", { well: true, language: spoken() });
  await keep(pass, true);
  await wellScreen();
  tell(say("well.thanks"));
}

async function unwell(pass) {
  const { daily } = await get("/v/api/orders");
  await fillIn({
    form: daily,
    order: null,
    pass,
    from: 1,
    preset: (form) => [[form.flat[0], form.flat[0].options.find((one) => one.value.code === "unwell").value]],
    after: () => keep(pass, false),
  });
}

async function reminder(pass) {
  const held = (await read("reminder", null)) ?? (await mineOf(pass.id))?.reminder?.hour ?? OFF;
  const hour = held === OFF ? null : held;
  const hours = Array.from({ length: 16 }, (_, n) => [String(n + 6), `${String(n + 6).padStart(2, "0")}:00`]);
  let chosen = String(hour ?? 7);
  const set = (value) => async () => {
    if (value() !== null) await subscribe(pass);
    await ask(pass, "/v/api/reminders", { hour: value() });
    await change("reminder", null, () => value() ?? OFF);
    await wellScreen();
  };
  return fold(
    hour === null ? say("well.remind") : say("well.reminds", { time: `${String(hour).padStart(2, "0")}:00` }),
    picker(say("well.hour"), hours, chosen, (value) => {
      chosen = value;
    }),
    h(
      "div",
      { class: "actions" },
      button(
        say("well.remind_on"),
        set(() => Number(chosen)),
      ),
      hour === null
        ? null
        : button(
            say("well.remind_off"),
            set(() => null),
            { look: "quiet" },
          ),
    ),
  );
}

// Ask the browser for notices; without them the reminder stands on this page alone.
async function subscribe(pass) {
  const registration = await navigator.serviceWorker?.getRegistration("/v/");
  if (!registration?.pushManager || (await Notification.requestPermission()) !== "granted") return;
  try {
    const { key } = await get("/push/key");
    const subscription = await registration.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: key });
    await fetch("/push/subscribe", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ pass: await textAt(pass, Date.now()), subscription }),
    });
  } catch {
    return;
  } // no push service: the page reminds when it is opened
}
