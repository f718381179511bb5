// The code of a poster: found in what a camera read, and read without a network for the place's name alone.
// Whether it is a true poster says the centre when the check-in is sent (credentials/venue_qr.py).

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

// The Base32 part of `https://any.host/GPV1/CODE` or `GPV1:CODE`, in any case of letters; null for anything else.
export function codeIn(text) {
  const found = /^\s*(?:https?:\/\/[^/?#]+\/GPV1\/|GPV1:)([A-Z2-7]{16,1200})\/?\s*$/i.exec(text);
  return found ? found[1].toUpperCase() : null;
}

// {place, name, gate} as the poster itself says, unproven; null where it cannot be read.
export function peek(code) {
  try {
    const [, [, , payload]] = value(base32(code), 0);
    const [, [place, name, gate]] = value(payload, 0);
    return typeof name === "string" ? { place, name, gate } : null;
  } catch {
    return null;
  }
}

function base32(code) {
  const bytes = [];
  let bits = 0,
    held = 0;
  for (const sign of code) {
    held = ((held << 5) | ALPHABET.indexOf(sign)) & 0xfff;
    bits += 5;
    if (bits >= 8) {
      bits -= 8;
      bytes.push((held >> bits) & 0xff);
    }
  }
  return Uint8Array.from(bytes);
}

// One CBOR item at `at`: [where the next begins, the item]. Tags are skipped; floats and long numbers are not read.
function value(bytes, at, depth = 0) {
  if (depth > 8 || at >= bytes.length) throw new RangeError("cbor");
  const major = bytes[at] >> 5;
  const [next, number] = argument(bytes, at);
  if (major === 0) return [next, number];
  if (major === 2) return [next + number, bytes.slice(next, next + number)];
  if (major === 3) return [next + number, new TextDecoder().decode(bytes.slice(next, next + number))];
  if (major === 6) return value(bytes, next, depth + 1);
  if (major === 7) return [next, null];
  return many(bytes, next, major === 5 ? number * 2 : number, depth);
}

function many(bytes, at, count, depth) {
  const items = [];
  for (let n = 0; n < count; n += 1) {
    const [next, item] = value(bytes, at, depth + 1);
    items.push(item);
    at = next;
  }
  return [at, items];
}

function argument(bytes, at) {
  const short = bytes[at] & 31;
  if (short < 24) return [at + 1, short];
  const size = 1 << (short - 24);
  if (size > 4) throw new RangeError("cbor");
  let number = 0;
  for (let n = 1; n <= size; n += 1) number = number * 256 + bytes[at + n];
  return [at + 1 + size, number];
}
