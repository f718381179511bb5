// Declaration by light, the phone's side (wire/light.py, wire/light_frames.py): sealed to the case key on this phone and
// shown as moving codes to a gate, where neither of the two needs a network. HPKE: RFC 9180, base mode.

import { base45, bigEndian, cbor, concat, utf8 } from "./bytes.js";
import { loadOlder } from "./sign.js";

const SUITE = 3;
const PAD = 64;
const CHUNK = 150;
const MOST_PIECES = 64;
const IDENTITY_PASS = 4;

// {language, authored, consent: 32 bytes, answers: packed, pass: hex} and {form, order, version, created_min} -> blob.
export async function seal(content, core, casePublic) {
  const kid = (await sha256(casePublic)).slice(0, 8);
  const fields = [1, SUITE, kid, core.form, core.order, core.version, core.created_min];
  const plain = cbor([
    content.language,
    content.authored,
    content.consent,
    content.answers,
    IDENTITY_PASS,
    content.pass,
  ]);
  const padding = new Uint8Array((PAD - ((plain.length + 1) % PAD)) % PAD);
  const padded = concat(plain, Uint8Array.of(0x80), padding);
  const sealed = await hpkeSeal(padded, casePublic, cbor(["gatepost/1 light", ...fields]));
  return cbor([...fields, sealed, null]);
}

const sha256 = async (bytes) => new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));

async function hmac(key, message) {
  // WebCrypto takes no empty key; HMAC fills a short key with zeros anyway.
  const held = await crypto.subtle.importKey(
    "raw",
    key.length ? key : new Uint8Array(32),
    { name: "HMAC", hash: "SHA-256" },
    false,
    ["sign"],
  );
  return new Uint8Array(await crypto.subtle.sign("HMAC", held, message));
}

async function expand(prk, info, length) {
  let block = new Uint8Array(0),
    made = new Uint8Array(0);
  for (let n = 1; made.length < length; n += 1) {
    block = await hmac(prk, concat(block, info, Uint8Array.of(n)));
    made = concat(made, block);
  }
  return made.slice(0, length);
}

const labeledExtract = (suite, salt, label, ikm) => hmac(salt, concat(utf8("HPKE-v1"), suite, utf8(label), ikm));
const labeledExpand = (suite, prk, label, info, length) =>
  expand(prk, concat(bigEndian(length, 2), utf8("HPKE-v1"), suite, utf8(label), info), length);

// The encapsulated key, then the ciphertext: DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, AES-128-GCM.
async function hpkeSeal(plain, recipient, info) {
  const { shared, open } = await agree(recipient);
  const kem = concat(utf8("KEM"), bigEndian(0x20, 2));
  const suite = concat(utf8("HPKE"), bigEndian(0x20, 2), bigEndian(1, 2), bigEndian(1, 2));
  const none = new Uint8Array(0);
  const eae = await labeledExtract(kem, none, "eae_prk", shared);
  const secret = await labeledExpand(kem, eae, "shared_secret", concat(open, recipient), 32);
  const context = concat(
    Uint8Array.of(0),
    await labeledExtract(suite, none, "psk_id_hash", none),
    await labeledExtract(suite, none, "info_hash", info),
  );
  const prk = await labeledExtract(suite, secret, "secret", none);
  const key = await labeledExpand(suite, prk, "key", context, 16);
  const iv = await labeledExpand(suite, prk, "base_nonce", context, 12);
  const aes = await crypto.subtle.importKey("raw", key, "AES-GCM", false, ["encrypt"]);
  return concat(open, new Uint8Array(await crypto.subtle.encrypt({ name: "AES-GCM", iv }, aes, plain)));
}

async function agree(recipient) {
  try {
    const pair = await crypto.subtle.generateKey("X25519", false, ["deriveBits"]);
    const theirs = await crypto.subtle.importKey("raw", recipient, "X25519", false, []);
    const shared = new Uint8Array(
      await crypto.subtle.deriveBits({ name: "X25519", public: theirs }, pair.privateKey, 256),
    );
    return { shared, open: new Uint8Array(await crypto.subtle.exportKey("raw", pair.publicKey)) };
  } catch {
    const { x25519 } = await loadOlder();
    const secret = crypto.getRandomValues(new Uint8Array(32));
    return { shared: x25519.getSharedSecret(secret, recipient), open: x25519.getPublicKey(secret) };
  }
}

// The texts of the frames: every piece, and more than as many spares, any `pieces` of which give the blob back.
export async function frames(blob) {
  const pieces = Math.min(MOST_PIECES, Math.ceil(blob.length / CHUNK));
  const size = Math.ceil(blob.length / pieces);
  const points = Array.from({ length: pieces }, (_, n) =>
    concat(blob.slice(n * size, (n + 1) * size), new Uint8Array(size)).slice(0, size),
  );
  const set = (await sha256(blob)).slice(0, 8);
  return Array.from({ length: 2 * pieces + 3 }, (_, n) => {
    const chunk = n < pieces ? points[n] : valueAt(points, n);
    const crc = crc32(cbor([set, n, pieces, blob.length, chunk]));
    return "GL1:" + base45(cbor([set, n, pieces, blob.length, crc, chunk]));
  });
}

// GF(2^8) modulo 0x11d; plus and minus are XOR.
const EXP = new Uint8Array(255),
  LOG = new Uint8Array(256);
for (let n = 0, power = 1; n < 255; n += 1) {
  EXP[n] = power;
  LOG[power] = n;
  power = power & 0x80 ? (power << 1) ^ 0x11d : power << 1;
}

function valueAt(points, x) {
  const total = new Uint8Array(points[0].length);
  points.forEach((chunk, own) => {
    let logs = 0;
    for (let other = 0; other < points.length; other += 1) if (other !== own) logs += LOG[x ^ other] - LOG[own ^ other];
    const factor = ((logs % 255) + 255) % 255;
    for (let i = 0; i < chunk.length; i += 1) if (chunk[i]) total[i] ^= EXP[(factor + LOG[chunk[i]]) % 255];
  });
  return total;
}

function crc32(bytes) {
  let crc = ~0;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit += 1) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  }
  return ~crc >>> 0;
}
