// What the page asks the centre (docs/visitor-api.yaml). A question about a pass is signed by the key of that pass.

import { toBase64, utf8 } from "./bytes.js";
import { sign } from "./sign.js";
import { change, read, write } from "./store.js";

// No network, or a centre that does not answer now: worth another try later.
export class Away extends Error {}

// The centre said no, with a reason and its own sentences.
export class No extends Error {
  constructor(told) {
    super(told.error);
    this.told = told;
  }
}

const WAIT_MS = 15_000;

// AbortSignal.timeout is younger than the phones that come here.
function within(ms) {
  const ending = new AbortController();
  setTimeout(() => ending.abort(), ms);
  return ending.signal;
}

async function call(path, options = {}) {
  let answer;
  try {
    answer = await fetch(path, { ...options, signal: within(WAIT_MS) });
  } catch {
    throw new Away("network");
  }
  if (answer.status >= 500) throw new Away("centre");
  const told = await answer.json().catch(() => {
    throw new Away("answer");
  });
  if (!answer.ok) throw new No(told);
  return told;
}

export const get = (path) => call(path);

const post = (path, held) =>
  call(path, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(held) });

export const makePass = (held) => post("/v/api/passes", held);

export const now = async () => Date.now() + (await read("skew_ms", 0));

// A signed question. The centre tells its time when ours is wrong; then it is asked once more.
export async function ask(pass, path, body) {
  const text = JSON.stringify(body);
  for (let tries = 0; ; tries += 1) {
    const at_ms = Math.round(await now()) + tries;
    const signature = await sign(pass.key, utf8(`gatepost/1 phone\n${path}\n${at_ms}\n${text}`));
    try {
      const told = await post(path, { pass: pass.signed, at_ms, body: text, signature: toBase64(signature) });
      if (told.now_ms) await write("skew_ms", keepSmall(told.now_ms - Date.now()));
      return told;
    } catch (error) {
      if (tries || !(error instanceof No) || !["clock", "again"].includes(error.message)) throw error;
      if (error.message === "clock") await write("skew_ms", error.told.now_ms - Date.now());
    }
  }
}

// Two seconds are the way of the answer, not the clock.
const keepSmall = (skew) => (Math.abs(skew) < 2000 ? 0 : skew);

export async function saveDeclared(pass, one) {
  return change("passes", [], (passes) =>
    passes.map((held) =>
      held.id === pass.id
        ? { ...held, declared: [...(held.declared ?? []).filter((old) => old.form !== one.form), one].slice(-8) }
        : held,
    ),
  );
}
