// Reads {form, answers: [[linkId, [at], [values]]], head} on standard input; writes what the page's own modules make of it.

import { pages, problem, response } from "../../../../central/visitor/page/form.js";
import { readForm } from "../../../../central/visitor/page/questionnaire.js";
import { pack } from "../../../../central/visitor/page/pack.js";
import { base45, cbor } from "../../../../central/visitor/page/bytes.js";
import { frames } from "../../../../central/visitor/page/light.js";
import { codeIn, peek } from "../../../../central/visitor/page/poster.js";

let text = "";
for await (const part of process.stdin) text += part;
const asked = JSON.parse(text);
const told = {};
if (asked.form) {
  const form = readForm(asked.form);
  const answers = new Map(asked.answers.map(([link, at, values]) => [`${link}@${at.join(".")}`, values]));
  const all = pages(form, answers);
  told.pages = all.map(({ kind, item, at }) => [kind, item.id, at]);
  told.problems = all.map(({ kind, item, at }) =>
    kind === "question" ? (problem(item, answers.get(`${item.id}@${at.join(".")}`) ?? [])?.[0] ?? null) : null,
  );
  told.response = response(form, answers, asked.head);
  told.packed = [...pack(form, answers)];
}
if (asked.blob) told.frames = await frames(Uint8Array.from(asked.blob));
if (asked.bytes) told.base45 = base45(Uint8Array.from(asked.bytes));
if (asked.posters)
  told.posters = asked.posters.map((one) => {
    const code = codeIn(one);
    return code && peek(code);
  });
told.numbers = (asked.numbers ?? []).map((number) => [...cbor(number)]);
process.stdout.write(JSON.stringify(told));
