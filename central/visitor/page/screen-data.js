// Who looked at my data; ask for it, have it corrected, have it deleted.

import { No, ask } from "./api.js";
import { h } from "./dom.js";
import { mineOf, refreshMine } from "./mine.js";
import { change, read, wipe } from "./store.js";
import { back, button, go, screenNow, show } from "./view.js";
import { clock, day, has, say, spoken } from "./words.js";
import { nameOf } from "./screen-pass.js";

// A pass that ended elsewhere goes from this phone all the same.
const OVER = ["pass_revoked", "pass_expired", "bad_pass"];
const KINDS = ["access", "correction", "object", "complaint"];

export async function dataScreen(id = "") {
  const turn = screenNow();
  await draw(id);
  const news = await refreshMine();
  // Not beneath a thumb that is about to delete.
  if (news && turn === screenNow() && !document.querySelector("[data-sure]")) await draw(id);
}

async function draw(id) {
  const passes = await read("passes", []);
  const pass = passes.find((one) => one.id === id) ?? passes[0];
  if (!pass) return go("pass");
  const mine = await mineOf(pass.id);
  show(say("more.data"), [
    passes.length > 1
      ? h(
          "div",
          { class: "people" },
          passes.map((one) =>
            h("a", { class: one === pass ? "pill here" : "pill", href: `#data/${one.id}` }, nameOf(one)),
          ),
        )
      : null,
    h("h2", {}, say("data.looks")),
    looks(mine),
    h("h2", {}, say("data.ask")),
    (mine?.requests ?? []).length ? h("ul", { class: "rows" }, mine.requests.map(requestLine)) : null,
    h(
      "div",
      { class: "stack" },
      KINDS.map((kind) => button(say(`data.${kind}`), () => request(pass, kind, id), { look: "quiet" })),
    ),
    h("h2", {}, say("data.delete_title")),
    deletion(pass),
  ]);
}

function looks(mine) {
  const held = mine?.looks ?? [];
  if (!held.length) return h("p", {}, say("data.nobody"));
  const word = (prefix, code) => (has(`${prefix}.${code}`) ? say(`${prefix}.${code}`) : say("role.other"));
  return h(
    "ul",
    { class: "rows" },
    held
      .slice(0, 100)
      .map((one) =>
        h(
          "li",
          {},
          h(
            "div",
            { class: "row" },
            h(
              "div",
              {},
              h("b", {}, `${day(one.at_ms)}, ${clock(one.at_ms)}`),
              h(
                "small",
                {},
                `${word("role", one.role)} · ${has(`purpose.${one.purpose}`) ? say(`purpose.${one.purpose}`) : say("purpose.other")}`,
              ),
            ),
          ),
        ),
      ),
  );
}

function requestLine(one) {
  const what = has(`data.${one.kind}`) ? say(`data.${one.kind}`) : say("data.ask");
  return h(
    "li",
    {},
    h(
      "div",
      { class: "row" },
      h(
        "div",
        {},
        h("b", {}, what),
        h("small", {}, one.state === "closed" ? say("data.closed") : say("data.due", { day: day(one.due_ms) })),
      ),
    ),
  );
}

async function request(pass, kind, id) {
  const told = await ask(pass, "/v/api/requests", { kind, language: spoken() === "vi" ? "vi" : "en" });
  await refreshMine(true);
  show(say("data.asked"), [h("p", {}, say("data.due", { day: day(told.due_ms) })), back(`data/${id}`, say("done"))]);
}

// Two taps, the second one elsewhere: nothing to type, and nothing happens by a slip of the thumb.
function deletion(pass) {
  const held = h(
    "div",
    {},
    h("p", {}, say("data.delete_what")),
    h(
      "button",
      {
        type: "button",
        class: "quiet stop",
        onclick: () => {
          held.replaceChildren(
            h(
              "p",
              { class: "note", role: "alert", "data-sure": true },
              say("data.delete_sure", { name: nameOf(pass) }),
            ),
            h(
              "div",
              { class: "actions" },
              h("a", { class: "button", href: "#pass" }, say("data.keep")),
              button(say("data.delete_yes"), () => end(pass), { look: "stop" }),
            ),
          );
          held.querySelector("a").focus();
        },
      },
      say("data.delete"),
    ),
  );
  return held;
}

async function end(pass) {
  try {
    await ask(pass, "/v/api/end", { delete: true });
  } catch (error) {
    if (!(error instanceof No) || !OVER.includes(error.message)) throw error;
  }
  const left = await change("passes", [], (passes) => passes.filter((one) => one.id !== pass.id));
  if (!left.length) await wipe();
  else
    for (const name of ["mine", "inside", "told_well"])
      await change(name, {}, (held) => Object.fromEntries(Object.entries(held).filter(([key]) => key !== pass.id)));
  await change("history", [], (rows) => rows.filter((one) => one.pass !== pass.id));
  show(say("data.deleted"), [h("p", {}, say("data.deleted_why")), back("pass", say("done"))], { nav: false });
}
