// What the centre knows of the passes on this phone, as it last told; and its alerts.

import { Away, No, ask } from "./api.js";
import { h, icon } from "./dom.js";
import { change, read } from "./store.js";
import { back, button, go, show } from "./view.js";
import { clock, inOwn, say, shortDay } from "./words.js";

const OFTEN_MS = 20_000;
let asked_ms = 0;

// Ask again for every pass, at most each 20 s unless `now`. Whether anything is new; false without a network too.
export async function refreshMine(now = false) {
  if (!now && Date.now() - asked_ms < OFTEN_MS) return false;
  asked_ms = Date.now();
  let news = false;
  for (const pass of await read("passes", [])) {
    try {
      const told = await ask(pass, "/v/api/mine", {});
      delete told.now_ms;
      await change("mine", {}, (mine) => {
        news ||= JSON.stringify(mine[pass.id]) !== JSON.stringify(told);
        return { ...mine, [pass.id]: told };
      });
    } catch (error) {
      if (error instanceof Away) return false;
      if (!(error instanceof No)) throw error;
    }
  }
  return news;
}

export const mineOf = async (id) => (await read("mine", {}))[id] ?? null;

async function allAlerts() {
  const passes = await read("passes", []);
  const mine = await read("mine", {});
  return passes.flatMap((pass) =>
    (mine[pass.id]?.alerts ?? []).map((alert) => ({ ...alert, pass, helpline: mine[pass.id].helpline })),
  );
}

export async function freshAlerts() {
  const quiet = await read("quiet", []);
  return (await allAlerts()).filter((one) => one.new && one.state === "stands" && !quiet.includes(one.id));
}

export async function alertsScreen() {
  const alerts = await allAlerts();
  if (!alerts.length) return show(say("alerts.none"), [h("p", {}, say("alerts.none_why"))]);
  const quiet = await read("quiet", []);
  show(
    say("alerts.title"),
    alerts.map((one) => alertCard(one, quiet.includes(one.id))),
    { look: "alerts" },
  );
}

function alertCard(one, wasRead) {
  const over = one.state === "withdrawn";
  return h(
    "section",
    { class: over ? "card" : "card warn" },
    h("h2", {}, over ? say("alerts.withdrawn") : inOwn(one.title)),
    one.pass.name ? h("p", { class: "quiet" }, one.pass.name) : null,
    h("p", { class: "quiet" }, `${shortDay(one.from_ms)} ${clock(one.from_ms)}`),
    over ? null : h("p", { class: "pre" }, inOwn(one.text)),
    over || !one.helpline
      ? null
      : h(
          "a",
          { class: "button", href: `tel:${one.helpline.replaceAll(" ", "")}` },
          icon("phone"),
          say("alerts.call", { number: one.helpline }),
        ),
    over || !one.call_back ? null : button(say("alerts.call_back"), () => callBack(one), { look: "quiet" }),
    wasRead || over ? null : button(say("alerts.read"), () => markRead(one), { look: "quiet" }),
  );
}

async function callBack(one) {
  await ask(one.pass, "/v/api/call-back", { alert: one.id });
  show(say("alerts.called"), [back("alerts", say("done"))]);
}

async function markRead(one) {
  await change("quiet", [], (quiet) => [...quiet, one.id].slice(-200));
  await ask(one.pass, "/v/api/seen", { alerts: [one.id] }).catch(() => {});
  go((await freshAlerts()).length ? "alerts" : "pass");
}

// A line on the pass when an alert stands.
export async function alertLine() {
  const standing = (await allAlerts()).filter((one) => one.state === "stands");
  return standing.length
    ? h("a", { class: "card warn line", href: "#alerts" }, icon("ask"), inOwn(standing[0].title))
    : null;
}
