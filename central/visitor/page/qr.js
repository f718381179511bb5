// A text of Base45 as the modules of a QR code: rows of true (dark) and false.

import qrcode from "qrcode-generator";

export function modulesOf(text, correction = "M") {
  const code = qrcode(0, correction);
  code.addData(text, "Alphanumeric");
  code.make();
  const side = code.getModuleCount();
  return Array.from({ length: side }, (_, row) =>
    Array.from({ length: side }, (_, column) => code.isDark(row, column)),
  );
}
