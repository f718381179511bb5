// The live picture: reads the multipart stream part by part, so that it can stop at once, skip what comes too fast, and
// hide a picture that has stopped moving. While no page asks, the kiosk makes no pictures.
const AGAIN_MS = 2000;
const STALE_MS = 2500;

export class Picture {
  #canvas;
  #stop = null;
  #shownAt = 0;
  #drawing = false;

  constructor(canvas) {
    this.#canvas = canvas;
    setInterval(() => { if (performance.now() - this.#shownAt > STALE_MS) this.#canvas.hidden = true; }, 500);
  }

  run(wanted) {
    if (wanted && !this.#stop) {
      this.#stop = new AbortController();
      this.#follow(this.#stop.signal);
    } else if (!wanted && this.#stop) {
      this.#stop.abort();
      this.#stop = null;
      this.#canvas.hidden = true; // the last picture shows a person: it does not stay
      this.#canvas.getContext("2d").clearRect(0, 0, this.#canvas.width, this.#canvas.height);
    }
  }

  async #follow(signal) {
    while (!signal.aborted) {
      try {
        const answer = await fetch("/preview", { signal, cache: "no-store" });
        if (answer.ok) for await (const jpeg of parts(answer.body.getReader())) this.#draw(jpeg, signal);
      } catch { /* gone or stopped: tried again below unless it was stopped */ }
      await new Promise((done) => setTimeout(done, AGAIN_MS));
    }
  }

  async #draw(jpeg, signal) {
    if (this.#drawing) return; // this screen is slower than the camera
    this.#drawing = true;
    try {
      const bitmap = await createImageBitmap(new Blob([jpeg], { type: "image/jpeg" }));
      if (!signal.aborted) {
        if (this.#canvas.width !== bitmap.width) this.#canvas.width = bitmap.width;
        if (this.#canvas.height !== bitmap.height) this.#canvas.height = bitmap.height;
        this.#canvas.getContext("2d").drawImage(bitmap, 0, 0);
        this.#canvas.hidden = false;
        this.#shownAt = performance.now();
      }
      bitmap.close();
    } catch { /* a broken picture is skipped */ } finally {
      this.#drawing = false;
    }
  }
}

async function* parts(reader) {
  let bytes = new Uint8Array(0);
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    const joined = new Uint8Array(bytes.length + value.length);
    joined.set(bytes);
    joined.set(value, bytes.length);
    bytes = joined;
    for (;;) {
      const head = new TextDecoder("latin1").decode(bytes.subarray(0, 200));
      const end = head.indexOf("\r\n\r\n");
      const length = /content-length: (\d+)/i.exec(head.slice(0, end));
      if (end < 0 || !length || bytes.length < end + 6 + Number(length[1])) break;
      const body = bytes.slice(end + 4, end + 4 + Number(length[1]));
      bytes = bytes.slice(end + 6 + body.length);
      if (body.length) yield body;
    }
  }
}
