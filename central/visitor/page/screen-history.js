// Where this phone's passes were, what was declared; and a visit by card or tag, found by its receipt.

import { No, ask } from "./api.js";
import { h, shape } from "./dom.js";
import { mineOf, refreshMine } from "./mine.js";
import { read } from "./store.js";
import { back, button, go, screenNow, show } from "./view.js";
import { clock, day, dayKey, say } from "./words.js";
import { nameOf } from "./screen-pass.js";

export async function historyScreen() {
  const turn = screenNow();
  await draw();
  const news = await refreshMine();
  if (news && turn === screenNow()) await draw();
}

async function draw() {
  const passes = await read("passes", []);
  const rows = (await Promise.all(passes.map(rowsOf))).flat().sort((one, other) => other.at_ms - one.at_ms);
  const waits = await read("queue", []);
  show(say("more.history"), [
    waits.length ? h("p", { class: "note" }, say("history.waiting", { n: waits.length })) : null,
    rows.length ? days(rows, passes.length > 1) : h("p", {}, say("history.none")),
    h("p", { class: "quiet" }, say("history.kept")),
    h("a", { class: "button quiet", href: "#claim" }, say("claim.open")),
  ]);
}

async function rowsOf(pass) {
  const mine = await mineOf(pass.id);
  const told = mine ? [...mine.visits, ...mine.claimed] : [];
  const known = new Set(told.map((one) => `${one.at_ms} ${one.direction}`));
  const own = (await read("history", [])).filter(
    (one) => one.pass === pass.id && one.recorded !== false && !known.has(`${one.at_ms} ${one.direction}`),
  );
  const declared = (mine?.declarations ?? []).map((one) => ({ ...one, declared: true, signal: one.outcome }));
  return [...told, ...own, ...declared].map((one) => ({ ...one, who: pass }));
}

function days(rows, many) {
  const found = new Map();
  for (const row of rows) found.set(dayKey(row.at_ms), [...(found.get(dayKey(row.at_ms)) ?? []), row]);
  return [...found.values()].map((held) =>
    h(
      "section",
      {},
      h("h2", {}, day(held[0].at_ms)),
      h(
        "ul",
        { class: "rows" },
        held.map((row) => line(row, many)),
      ),
    ),
  );
}

function line(row, many) {
  const what = row.declared ? say("history.declared") : say(row.direction === "out" ? "history.out" : "history.in");
  return h(
    "li",
    {},
    h(
      "div",
      { class: "row" },
      shape(["ALLOW", "ASK", "STOP"].includes(row.signal) ? row.signal : "ALLOW"),
      h(
        "div",
        {},
        h("b", {}, clock(row.at_ms)),
        " ",
        row.declared ? what : row.name,
        h(
          "small",
          {},
          [row.declared ? null : what, many ? nameOf(row.who) : null, row.receipt].filter(Boolean).join(" · "),
        ),
      ),
      row.place && !row.declared
        ? button(say("history.say"), () => say_(row), {
            look: "pill",
            label: say("history.say_about", { place: row.name }),
          })
        : null,
    ),
  );
}

// A word about a place, with the proof that its writer was there; who that was the proof does not tell.
async function say_(row) {
  let proof = "";
  try {
    proof = `#${(await ask(row.who, "/say/proof", { place: row.place })).proof}`;
  } catch (error) {
    if (!(error instanceof No)) throw error;
  }
  location.href = `/say/${encodeURIComponent(row.place)}${proof}`;
}

export async function claimScreen() {
  const passes = await read("passes", []);
  if (!passes.length) return go("pass");
  const code = h("input", {
    id: "code",
    autocapitalize: "characters",
    autocomplete: "off",
    spellcheck: "false",
    maxlength: "20",
  });
  const kind = h(
    "select",
    { id: "kind" },
    ["cccd", "bhyt", "passport"].map((one) => h("option", { value: one }, say(`claim.${one}`))),
  );
  const number = h("input", { id: "number", autocomplete: "off", spellcheck: "false", maxlength: "24" });
  const mine = await mineOf(passes[0].id);
  const field = (id, text, input) => [h("label", { class: "field", for: id }, text), input];
  show(say("claim.title"), [
    h("p", {}, say("claim.why")),
    (mine?.claims ?? []).slice(0, 3).map((one) => h("p", { class: "note" }, say(`claim.${one.state}`))),
    h(
      "form",
      { class: "card", onsubmit: (event) => event.preventDefault() },
      field("code", say("claim.code"), code),
      field("kind", say("claim.kind"), kind),
      field("number", say("claim.number"), number),
      button(
        say("claim.send"),
        async () => {
          await ask(passes[0], "/v/api/receipts", {
            code: code.value.trim().toUpperCase(),
            kind: kind.value,
            number: number.value.trim(),
          });
          number.value = "";
          show(say("claim.sent"), [h("p", {}, say("claim.sent_why")), back("history", say("more.history"))]);
        },
        { look: "big" },
      ),
    ),
    h("p", { class: "quiet" }, say("claim.safe")),
  ]);
}
