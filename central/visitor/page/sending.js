// The look over the answers, the sending, and what came of it: sent, kept out by the centre, or shown by light.

import { Away, No, ask, get, now, saveDeclared } from "./api.js";
import { fromBase64, fromHex } from "./bytes.js";
import { drawModules, fillModules, h, shape } from "./dom.js";
import { isAsked, keyOf, pages, response } from "./form.js";
import { frames, seal } from "./light.js";
import { refreshMine } from "./mine.js";
import { pack } from "./pack.js";
import { heldNow } from "./pass.js";
import { modulesOf } from "./qr.js";
import { atEnd, back, button, screenNow, show } from "./view.js";
import { clock, day, has, inOwn, say, spoken } from "./words.js";

const FRAME_MS = 1000 / 6; // what the kiosk's camera, at 15 pictures a second, reads twice of each

export function review(task) {
  if (task.refused) return send(task);
  const all = pages(task.form, task.answers)
    .map((page, place) => ({ page, place }))
    .filter(({ page }) => page.kind === "question" && isAsked(page.item));
  show(
    say("review.title"),
    [
      h("p", { class: "quiet" }, say("review.hint")),
      h(
        "ul",
        { class: "rows" },
        all.map(({ page, place }) =>
          h(
            "li",
            {},
            h(
              "button",
              { type: "button", class: "row answer", onclick: () => task.again(place) },
              h("small", {}, inOwn(page.item.text)),
              h("b", {}, shown(task, page)),
            ),
          ),
        ),
      ),
      button(say("review.send"), () => send(task), { look: "big" }),
      h("p", { class: "quiet" }, say("declare.sealed")),
    ],
    { nav: false },
  );
}

function shown(task, page) {
  const values = task.answers.get(keyOf(page.item, page.at)) ?? [];
  const options = task.lists[page.item.list] ?? page.item.options;
  const word = (value) => {
    if (typeof value === "boolean") return say(value ? "form.yes" : "form.no");
    if (typeof value !== "object") return String(value);
    return inOwn(
      options.find((one) => one.value.code === value.code && (one.value.system ?? "") === (value.system ?? ""))?.text ??
        value.display,
    );
  };
  return values.length ? values.map(word).join(", ") : say("review.empty");
}

async function send(task) {
  const { order, pass, refused } = task;
  const authored = new Date(await now());
  const made = refused
    ? { resourceType: "QuestionnaireResponse", status: "completed" }
    : response(task.form, task.answers, {
        language: spoken(),
        authored: authored.toISOString(),
        id: crypto.randomUUID(),
      });
  const body = {
    order: order?.key ?? "",
    form: task.canonical ?? task.form,
    language: spoken(),
    consent: order?.consent?.[spoken()] ?? "",
    response: made,
    refused: Boolean(refused),
    poster: task.poster ?? "",
    held: heldNow(pass, Date.now()).map((one) => one.signed),
  };
  let told;
  try {
    told = await ask(pass, "/v/api/declarations", body);
  } catch (error) {
    if (error instanceof Away && order && !refused) return away(task, authored);
    if (error instanceof No && error.message === "answers") return wrong(task, error.told.between?.[0]);
    throw error;
  }
  if (told.signed)
    await saveDeclared(pass, {
      form: told.form,
      signed: told.signed,
      expires_s: told.expires_s,
      receipt: told.receipt,
    });
  await task.after?.();
  task.answers?.clear();
  refreshMine(true);
  if (task.next && told.outcome === "ALLOW") return task.next();
  over(task, told);
}

// Back to the question that the centre would not take, with what the form's own rule says of it.
function wrong(task, rule) {
  const all = pages(task.form, task.answers);
  const place = Math.max(
    0,
    all.findIndex((page) => page.item.id === rule?.linkId),
  );
  show(
    rule ? inOwn(rule.text) : say("form.problem.general"),
    [h("button", { type: "button", class: "big", onclick: () => task.again(place) }, say("again"))],
    { nav: false },
  );
}

function over(task, told) {
  const good = told.outcome === "ALLOW";
  show(
    say(good ? "sent.title" : task.refused ? "sent.refused" : "sent.ask"),
    [
      h("p", { class: "center" }, shape(good ? "ALLOW" : "ASK")),
      told.reasons
        .filter((reason) => has(`reason.${reason}`))
        .map((reason) => h("p", { class: "center lead" }, say(`reason.${reason}`))),
      (told.messages ?? []).map((message) => h("p", { class: "center" }, inOwn(message))),
      good && told.expires_s
        ? h(
            "p",
            { class: "center" },
            say("pass.declared", { time: clock(told.expires_s * 1000), day: day(told.expires_s * 1000) }),
          )
        : null,
      h("p", { class: "center" }, say("sent.code")),
      h("p", { class: "receipt" }, told.receipt),
      h("p", { class: "quiet center" }, say("sent.keep")),
      task.next ? button(say("sent.on"), task.next, { look: "big" }) : null,
      back("pass", say("done")),
    ],
    { look: `result ${good ? "ALLOW" : "ASK"}`, nav: false },
  );
}

// No network here: try again, or show it to the gate, which needs none either.
function away(task, authored) {
  show(
    say("away.title"),
    [
      h("p", {}, say("away.kept")),
      button(say("again"), () => send(task), { look: "big" }),
      button(say("away.light"), () => byLight(task, authored), { look: "quiet" }),
    ],
    { nav: false },
  );
}

async function byLight(task, authored) {
  const { case: key } = await get("/v/api/orders");
  const { order, pass } = task;
  const consent = order.consent?.[spoken()];
  const content = {
    language: spoken(),
    authored: authored.toISOString().slice(0, 19) + "Z",
    consent: consent ? fromHex(consent) : new Uint8Array(32),
    answers: pack(task.form, task.answers),
    pass: pass.id,
  };
  const core = {
    form: order.form,
    order: order.id,
    version: Number(order.key.split("|").pop()),
    created_min: Math.floor(authored.getTime() / 60_000),
  };
  await shine(await frames(await seal(content, core, fromBase64(key))), task);
}

async function shine(texts, task) {
  const codes = texts.map((text) => modulesOf(text, "L"));
  const drawn = drawModules(codes[0], say("light.code"));
  const turn = screenNow();
  show(
    say("light.title"),
    [
      h("div", { class: "paper" }, drawn),
      h("p", { class: "center" }, say("light.how")),
      button(
        say("done"),
        async () => {
          task.answers.clear();
          (
            task.next ??
            (() => {
              location.hash = "pass";
            })
          )();
        },
        { look: "quiet" },
      ),
    ],
    { nav: false, look: "light" },
  );
  let n = 0;
  const timer = setInterval(() => {
    if (turn !== screenNow()) return clearInterval(timer);
    n = (n + 1) % codes.length;
    fillModules(drawn, codes[n]);
    drawn.dataset.frame = n;
  }, FRAME_MS);
  atEnd(() => clearInterval(timer));
}
