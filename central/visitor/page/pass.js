// The pass as a code that lives for a slot of 30 s (credentials/pass_qr.py): a photograph of it dies.

import { base45, bigEndian, cbor, fromBase64, fromHex, utf8 } from "./bytes.js";
import { sign } from "./sign.js";

export const SLOT_S = 30;

export const slotOf = (ms) => Math.floor(ms / 1000 / SLOT_S);

// What was declared and still counts, the newest last. The newest pass says all that was (docs/adr/0039).
export const heldNow = (pass, ms) =>
  (pass.declared ?? []).filter((one) => one.signed && one.expires_s * 1000 > ms).slice(-4);

export const signedNow = (pass, ms) => heldNow(pass, ms).at(-1)?.signed ?? pass.signed;

export async function textAt(pass, ms) {
  const slot = slotOf(ms);
  const signature = await sign(pass.key, utf8("gatepost/1 slot"), fromHex(pass.id), bigEndian(slot, 8));
  return "GP1:" + base45(cbor([fromBase64(signedNow(pass, ms)), slot, signature]));
}

export const holds = (pass, form, ms) => heldNow(pass, ms).some((one) => one.form === form);

export const runsOut = (pass, ms) => pass.expires_s * 1000 - ms < 60 * 86_400_000;
