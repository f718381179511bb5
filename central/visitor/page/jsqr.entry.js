// For browsers that read no QR codes themselves (BarcodeDetector): jsQR over the camera's pictures.

import jsQR from "jsqr";

globalThis.gatepostReads = (picture) =>
  jsQR(picture.data, picture.width, picture.height, { inversionAttempts: "dontInvert" })?.data ?? null;
