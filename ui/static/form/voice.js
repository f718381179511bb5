// Reads the page aloud. The sound comes from the kiosk as a WAV and is played by the page itself; nothing is kept.
const LEVELS = 5;
const SHOWN_MS = 12_000;

export class Voice {
  #context = null;
  #playing = null;
  #level = 3;
  #timer = 0;

  constructor(page, language) {
    this.page = page;
    this.language = language;
    this.button = document.querySelector('[data-tool="listen"]');
  }

  /** Show the button where the language has a voice. */
  async offer() {
    if (!this.button) return;
    const language = this.language();
    const answer = await fetch(`/form/voice?language=${language}`, { cache: "no-store" }).catch(() => null);
    if (language === this.language()) this.button.hidden = answer?.status !== 200;
  }

  async listen(volume) {
    this.#show(volume);
    if (this.#playing) return this.stop();
    const { token, turn } = this.page().dataset;
    if (!token) return;
    const answer = await fetch(`/form/${token}/say`, { cache: "no-store" }).catch(() => null);
    if (answer?.status !== 200 || this.page().dataset.turn !== turn) return;
    this.#context ??= new AudioContext();
    const source = this.#context.createBufferSource();
    source.buffer = await this.#context.decodeAudioData(await answer.arrayBuffer());
    this.gain = this.#context.createGain();
    this.#loud();
    source.connect(this.gain).connect(this.#context.destination);
    source.onended = () => { if (this.#playing === source) this.#playing = null; };
    this.#playing = source;
    source.start();
  }

  stop() {
    this.#playing?.stop();
    this.#playing = null;
  }

  change(by) {
    this.#level = Math.min(LEVELS, Math.max(0, this.#level + by));
    document.getElementById("level").value = this.#level;
    this.#show(document.getElementById("volume"));
    this.#loud();
  }

  #loud() {
    // The ear hears ratios: each step is about 6 dB.
    if (this.gain) this.gain.gain.value = this.#level ? 2 ** (this.#level - LEVELS) : 0;
  }

  #show(volume) {
    volume.hidden = false;
    this.button.setAttribute("aria-expanded", true);
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      volume.hidden = true;
      this.button.setAttribute("aria-expanded", false);
    }, SHOWN_MS);
  }
}
