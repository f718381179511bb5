// For browsers whose WebCrypto has neither Ed25519 nor X25519 (Chromium before 137, Safari before 17).

import { ed25519, x25519 } from "@noble/curves/ed25519.js";

globalThis.gatepostOlder = { ed25519, x25519 };
