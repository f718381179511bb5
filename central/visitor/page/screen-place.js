// A poster was scanned: which place it is, one tap to check in, and what came of it.

import { Away, get } from "./api.js";
import { h, icon, shape } from "./dom.js";
import { refreshMine } from "./mine.js";
import { holds } from "./pass.js";
import { codeIn, peek } from "./poster.js";
import { checkIn } from "./queue.js";
import { change, read } from "./store.js";
import { back, button, fold, go, screenNow, show } from "./view.js";
import { clock, has, inOwn, say } from "./words.js";
import { declareFor } from "./screen-declare.js";
import { addPass, nameOf } from "./screen-pass.js";

const LONGEST_STAY_MS = 16 * 3_600_000;

async function told(code) {
  try {
    return await get(`/v/api/place/${code}`);
  } catch (error) {
    const seen = error instanceof Away ? peek(code) : null;
    if (!seen) throw error;
    return { ...seen, orders: [], away: true };
  }
}

export async function placeScreen(code = "") {
  const turn = screenNow();
  if (codeIn(`GPV1:${code}`) === null) return unknown(new TypeError("poster_unknown"), code);
  show(say("place.looking"), [], { nav: false });
  let place;
  try {
    place = await told(code);
  } catch (error) {
    if (turn === screenNow()) unknown(error, code);
    return;
  }
  const passes = await read("passes", []);
  const inside = await read("inside", {});
  if (turn === screenNow()) confirm(code, place, passes, inside);
}

function unknown(error, code) {
  const reason = error.message;
  show(has(`no.${reason}`) ? say(`no.${reason}`) : say(error instanceof Away ? "no.network" : "place.unknown"), [
    h("p", {}, say("place.unknown_do")),
    error instanceof Away
      ? h("button", { type: "button", class: "big", onclick: () => placeScreen(code) }, say("again"))
      : h("a", { class: "button", href: "#scan" }, say("nav.scan")),
    back("pass"),
  ]);
}

// Who goes: the phone's holder, and those of the family who were ticked; who walks along without a pass is counted.
function confirm(code, place, passes, inside) {
  const here = (pass) => inside[pass.id]?.place === place.place && Date.now() - inside[pass.id].at_ms < LONGEST_STAY_MS;
  const within = passes.length > 0 && here(passes[0]);
  const going = new Set(passes.slice(0, 1).map((one) => one.id));
  let companions = 0;
  const mandatory = (place.orders ?? []).filter((order) => order.mandatory);
  const due = mandatory.filter(
    (order) => !passes.length || passes.some((pass) => going.has(pass.id) && !holds(pass, order.form, Date.now())),
  );
  const count = h("output", {}, "0");
  const step = (by) => {
    companions = Math.min(9, Math.max(0, companions + by));
    count.textContent = companions;
  };
  const act = (direction) => async () => {
    if (!passes.length) going.add((await addPass()).id);
    if (going.size) await inTurn(direction, new Set());
  };
  // What is due first, for one after the other; then all check in together.
  const inTurn = async (direction, asked) => {
    const own = (await read("passes", [])).filter((one) => going.has(one.id));
    for (const order of direction === "in" ? mandatory : []) {
      const next = own.find((one) => !holds(one, order.form, Date.now()) && !asked.has(`${one.id} ${order.key}`));
      if (next) return declareFor(order, next, () => inTurn(direction, asked.add(`${next.id} ${order.key}`)), code);
    }
    return settle(code, place, own, direction, companions);
  };
  const [first, second] = within ? ["out", "in"] : ["in", "out"];
  show(
    place.name,
    [
      h(
        "p",
        { class: "lead" },
        icon("place"),
        [place.gate, place.address].filter(Boolean).join(" · ") || say("place.here"),
      ),
      place.away ? h("p", { class: "note" }, say("place.away")) : stateLine(place),
      due.length && !within
        ? h("p", { class: "note" }, say("place.declare_first", { title: inOwn(due[0].title) }))
        : null,
      button(first === "in" && due.length ? say("place.declare_in") : say(`place.${first}`), act(first), {
        look: "big",
      }),
      passes.length
        ? button(say(`place.${second}`), act(second), { look: "quiet" })
        : h("p", { class: "quiet" }, say("welcome.why")),
      passes.length > 1
        ? h(
            "fieldset",
            { class: "card" },
            h("legend", {}, say("place.who")),
            passes.map((one) => tick(one, going)),
          )
        : null,
      fold(
        say("place.companions"),
        h("p", { class: "quiet" }, say("place.companions_why")),
        h(
          "div",
          { class: "stepper" },
          h(
            "button",
            { type: "button", class: "quiet", "aria-label": say("place.fewer"), onclick: () => step(-1) },
            "−",
          ),
          count,
          h("button", { type: "button", class: "quiet", "aria-label": say("place.more"), onclick: () => step(1) }, "+"),
        ),
      ),
    ],
    { nav: passes.length > 0 },
  );
}

function tick(pass, going) {
  const box = h("input", {
    type: "checkbox",
    checked: going.has(pass.id),
    onchange: () => (box.checked ? going.add(pass.id) : going.delete(pass.id)),
  });
  return h("label", { class: "tick" }, box, nameOf(pass));
}

function stateLine(place) {
  if (place.state === "closed") return h("p", { class: "note" }, say("place.closed"));
  return ["unsafe", "at_risk"].includes(place.state) ? h("p", { class: "note" }, say(`state.${place.state}`)) : null;
}

// Keep the visit, send it, show what came of it. With no network it is kept and sent later.
async function settle(code, place, passes, direction, companions) {
  const at_ms = Date.now() + (await read("skew_ms", 0));
  const visits = passes.map((pass, n) => ({
    pass: pass.id,
    poster: code,
    place: place.name,
    direction,
    at_ms: Math.round(at_ms),
    companions: n ? 0 : companions,
  }));
  const results = await checkIn(visits);
  const ways = visits.map((visit, n) => results?.[n]?.direction ?? visit.direction);
  await change("inside", {}, (inside) => {
    const after = { ...inside };
    visits.forEach((visit, n) => {
      if (results?.[n]?.error) return;
      if (ways[n] === "in")
        after[visit.pass] = { poster: code, place: place.place, name: place.name, at_ms: visit.at_ms };
      else delete after[visit.pass];
    });
    return after;
  });
  done(code, place, passes, visits, results);
  if (results) refreshMine(true);
}

function done(code, place, passes, visits, results) {
  if (!results) return waiting(place, passes[0], visits[0]);
  const bad = results.find((one) => !one || one.error);
  if (bad)
    return show(say("place.not_done"), [
      h("p", {}, has(`no.${bad.error}`) ? say(`no.${bad.error}`) : (bad.vi ?? say("no.general"))),
      back(`place/${code}`, say("again")),
    ]);
  const asks = results.find((one) => one.signal !== "ALLOW");
  const first = asks ?? results[0];
  const out = first.direction === "out";
  const title = asks
    ? titleOf(asks)
    : first.reasons.includes("already_in")
      ? say("place.already")
      : say(out ? "place.out_done" : "place.in_done");
  const voluntary = out
    ? []
    : (place.orders ?? []).filter(
        (order) => !order.mandatory && passes.some((pass) => !holds(pass, order.form, Date.now())),
      );
  show(
    title,
    [
      h("p", { class: "center" }, shape(first.signal)),
      h("p", { class: "when" }, clock(first.at_ms)),
      h("p", { class: "lead center" }, first.name ?? place.name),
      first.reasons
        .filter((reason) => has(`reason.${reason}`))
        .map((reason) => h("p", { class: "center" }, say(`reason.${reason}`))),
      (first.messages ?? []).map((message) => h("p", { class: "center" }, inOwn(message))),
      asks && asks.reasons.includes("declaration_due") ? declareNow(place, passes[0], code) : null,
      out
        ? null
        : checkOutButton(
            passes[0],
            { poster: code, place: place.place, name: place.name, at_ms: visits[0].at_ms },
            "quiet",
          ),
      out ? null : h("p", { class: "quiet center" }, say("place.remind")),
      voluntary.length
        ? h(
            "p",
            {},
            button(
              say("place.voluntary", { title: inOwn(voluntary[0].title) }),
              () => declareFor(voluntary[0], passes[0], null, code),
              { look: "quiet" },
            ),
          )
        : null,
      first.receipt ? h("p", { class: "quiet center" }, say("receipt", { code: first.receipt })) : null,
      back("pass", say("done")),
    ],
    { look: `result ${first.signal}` },
  );
}

const titleOf = (result) =>
  say(
    result.signal === "STOP"
      ? "result.stop"
      : result.reasons.includes("declaration_due")
        ? "result.declare"
        : "result.ask",
  );

function declareNow(place, pass, code) {
  const order = (place.orders ?? []).find((one) => one.mandatory && !holds(pass, one.form, Date.now()));
  return order
    ? button(say("declare.now"), () => declareFor(order, pass, () => go(`place/${code}`), code), { look: "big" })
    : h("a", { class: "button big", href: `#declare/${code}` }, say("declare.now"));
}

function waiting(place, pass, visit) {
  show(
    say("place.kept"),
    [
      h("p", { class: "when" }, clock(visit.at_ms)),
      h("p", { class: "lead center" }, place.name),
      h("p", { class: "center" }, say("place.kept_why")),
      h("a", { class: "button", href: `#pass/${pass.id}` }, say("place.show_pass")),
      back("pass", say("done")),
    ],
    { look: "result kept" },
  );
}

export function checkOutButton(pass, at, look = "") {
  return button(say("place.out"), async () => settle(at.poster, { place: at.place, name: at.name }, [pass], "out", 0), {
    look,
  });
}
