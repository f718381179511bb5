// Bytes and their names: base64 (RFC 4648), Base45 (RFC 9285), and the canonical CBOR (RFC 8949, 4.2) that we write.

const SIGNS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:";

export const utf8 = (text) => new TextEncoder().encode(text);
export const toBase64 = (bytes) => btoa(String.fromCharCode(...bytes));
export const fromBase64 = (text) => Uint8Array.from(atob(text), (sign) => sign.charCodeAt(0));
export const fromHex = (text) => Uint8Array.from(text.match(/../g) ?? [], (pair) => parseInt(pair, 16));

export function concat(...parts) {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

export function base45(bytes) {
  let text = "";
  for (let i = 0; i < bytes.length; i += 2) {
    const two = i + 1 < bytes.length;
    const number = two ? bytes[i] * 256 + bytes[i + 1] : bytes[i];
    text += SIGNS[number % 45] + SIGNS[Math.floor(number / 45) % 45];
    if (two) text += SIGNS[Math.floor(number / 2025)];
  }
  return text;
}

// Arrays, whole numbers, bytes, text, true, false, null: nothing else is ever written.
export function cbor(value) {
  if (value === null) return Uint8Array.of(0xf6);
  if (value === true || value === false) return Uint8Array.of(value ? 0xf5 : 0xf4);
  if (Number.isSafeInteger(value)) return value >= 0 ? head(0, value) : head(1, -1 - value);
  if (typeof value === "string") {
    const text = utf8(value);
    return concat(head(3, text.length), text);
  }
  if (value instanceof Uint8Array) return concat(head(2, value.length), value);
  if (Array.isArray(value)) return concat(head(4, value.length), ...value.map(cbor));
  throw new TypeError("cbor");
}

function head(major, number) {
  const top = major << 5;
  if (number < 24) return Uint8Array.of(top | number);
  const [sign, size] = number < 1 << 8 ? [24, 1] : number < 1 << 16 ? [25, 2] : number < 2 ** 32 ? [26, 4] : [27, 8];
  return concat(Uint8Array.of(top | sign), bigEndian(number, size));
}

export function bigEndian(number, size) {
  const made = new Uint8Array(size);
  for (let i = size - 1, left = number; i >= 0; i -= 1, left = Math.floor(left / 256)) made[i] = left % 256;
  return made;
}
