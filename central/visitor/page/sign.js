// The holder's key: Ed25519 made on this phone, never to leave it. Where the browser has none, @noble/curves does it,
// and the seed lies sealed under an AES key that the browser keeps and does not give out.

import { concat } from "./bytes.js";

let older = null;

export async function able() {
  try {
    await crypto.subtle.generateKey("Ed25519", false, ["sign", "verify"]);
    return true;
  } catch {
    return false;
  }
}

// The bundle of @noble, loaded only where it is needed.
export function loadOlder() {
  older ??= loadScript(document.body.dataset.old).then(() => globalThis.gatepostOlder);
  return older;
}

export function loadScript(url) {
  return new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = url;
    script.onload = resolve;
    script.onerror = () => reject(new TypeError("script"));
    document.head.append(script);
  });
}

export async function makeKey(web = able()) {
  if (await web) {
    const pair = await crypto.subtle.generateKey("Ed25519", false, ["sign", "verify"]);
    const open = new Uint8Array(await crypto.subtle.exportKey("raw", pair.publicKey));
    return { key: pair.privateKey, open };
  }
  const { ed25519 } = await loadOlder();
  const seed = crypto.getRandomValues(new Uint8Array(32));
  const wrap = await crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const sealed = new Uint8Array(await crypto.subtle.encrypt({ name: "AES-GCM", iv }, wrap, seed));
  return { key: { wrap, iv, sealed }, open: ed25519.getPublicKey(seed) };
}

export async function sign(key, ...parts) {
  const message = concat(...parts);
  if (key instanceof CryptoKey) return new Uint8Array(await crypto.subtle.sign("Ed25519", key, message));
  const { ed25519 } = await loadOlder();
  const seed = await crypto.subtle.decrypt({ name: "AES-GCM", iv: key.iv }, key.wrap, key.sealed);
  return ed25519.sign(message, new Uint8Array(seed));
}
