// A telephone's picture is several megabytes: what is sent is drawn anew, at most 1280 px wide, before it leaves.
const SIDE = 1280;

export function shrinkChosen(input) {
  input.addEventListener("change", async () => {
    const [file] = input.files;
    if (!file) return;
    try {
      const drawn = await draw(file);
      const moved = new DataTransfer();
      moved.items.add(new File([drawn], "picture.jpg", { type: "image/jpeg" }));
      input.files = moved.files;
    } catch {
      // The centre reads it, or says what is wrong with it.
    }
  });
}

async function draw(file) {
  const picture = await createImageBitmap(file, { imageOrientation: "from-image" });
  const scale = Math.min(1, SIDE / Math.max(picture.width, picture.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(picture.width * scale));
  canvas.height = Math.max(1, Math.round(picture.height * scale));
  canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
  return new Promise((give, fail) => {
    canvas.toBlob((blob) => (blob ? give(blob) : fail(new Error("no picture"))), "image/jpeg", 0.8);
  });
}
