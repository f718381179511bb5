// <gp-keyboard>: the touch keyboard of the form. It types into the focused input[data-keyboard] and nowhere else.
//
//   <script type="module" src=".../form/keyboard.js"></script>
//   <input data-keyboard="vi" inputmode="none" autocapitalize="words">
//   <gp-keyboard labels='{{ labels | tojson }}'></gp-keyboard>     (once, at the bottom of the page)
//
// data-keyboard   vi: Vietnamese by Telex or VNI, or by the marked letters and tones themselves
//                 latin: capitals and digits of a passport      digits: 0-9; with data-decimal="," (or ".", or ":" for a time) that key too
//                 phone: digits and +                            email: lower case, @ and what follows it
// labels          JSON of the texts "keyboard.*" of the page's language; may change at any time
// tones           "old" (hòa, the default) or "new" (hoà)
// Tells the input: "input" (bubbles) after each key, "gp-done" (bubbles) when Done is touched or Enter pressed on it.
// Has `open` while it is shown. It opens when such an input takes the focus, stays while buttons are touched (so that
// nothing moves under a finger), closes with Done, with the focus on another kind of field, and when the input leaves.
// On a visitor's own phone, and on small screens, it stays away: there the visitor's own keyboard types.
// Keys of a real keyboard are composed as well. When another input method shows itself (a composition, or a marked
// letter straight from the keys), its characters are taken as they are until the field is left: nothing is doubled.
// For eyes and fingers only: hidden from readers of the screen and from Tab, who have the input itself and their keys.
import { drawKey } from "./keys.js";
import { LAYOUTS, TONE_KEYS } from "./layouts.js";
import { Run } from "./run.js";
import { bare } from "./syllables.js";
import * as telex from "./telex.js";
import * as vni from "./vni.js";

const METHODS = { telex, vni };
// A finger that rests means "more": after half a second, then as fast as one can still stop at a letter.
const REPEAT_AFTER_MS = 500;
const REPEAT_EVERY_MS = 90;
const STYLE = new URL("./keyboard.css", import.meta.url).href;

class Keyboard extends HTMLElement {
  static observedAttributes = ["labels", "tones"];
  #input = null;
  #run = null;
  #method = "telex";
  #layer = "letters"; // or "numbers"
  #shift = "off"; // or "once", "lock"
  #foreign = false; // another input method types into this field
  #timer = 0;
  #drawn = ""; // what the keys show now
  #gone = new AbortController();
  #wide = matchMedia("(min-width: 794px)");
  #phone = "phone" in document.documentElement.dataset ? { matches: true } : matchMedia("(max-width: 599px), (max-height: 359px)");

  connectedCallback() {
    this.setAttribute("aria-hidden", "true");
    if (!this.shadowRoot) this.#build();
    this.#gone = new AbortController();
    const { signal } = this.#gone;
    const on = (target, name, does, capture = false) => target.addEventListener(name, does, { signal, capture });
    on(document, "focusin", (event) => this.#focus(event.target));
    on(document, "focusout", (event) => { if (event.target === this.#input) this.#end(); });
    on(document, "keydown", (event) => this.#hardware(event), true);
    on(document, "beforeinput", (event) => this.#inserted(event), true);
    on(document, "compositionstart", () => { this.#foreign = true; }, true);
    on(document, "compositionend", () => this.#clean(), true);
    on(this.#wide, "change", () => this.#draw());
    on(this, "pointerdown", (event) => this.#down(event));
    for (const name of ["pointerup", "pointercancel", "pointerleave"]) on(this, name, () => this.#up());
    on(this, "mousedown", (event) => event.preventDefault()); // the focus stays in the input
    on(this, "click", (event) => this.#click(event));
    const swaps = new MutationObserver(() => this.#look());
    swaps.observe(document.body, { childList: true, subtree: true });
    signal.addEventListener("abort", () => swaps.disconnect());
    this.#look();
  }

  disconnectedCallback() {
    this.#up();
    this.#gone.abort();
  }

  attributeChangedCallback() {
    if (this.shadowRoot) this.#draw();
  }

  /** Put the keyboard away; the input keeps its text. */
  close() {
    this.#up();
    [this.#input, this.#run] = [null, null];
    this.removeAttribute("open");
  }

  #build() {
    const style = Object.assign(document.createElement("link"), { rel: "stylesheet", href: STYLE });
    this.attachShadow({ mode: "open" }).append(style, document.createElement("div"));
  }

  /** A page was swapped in or out: its inputs ask for no other keyboard, and one that has gone is let go. */
  #look() {
    if (this.#phone.matches) return;
    for (const input of document.querySelectorAll("input[data-keyboard]:not([inputmode=none]), textarea[data-keyboard]:not([inputmode=none])")) {
      input.setAttribute("inputmode", "none");
      input.setAttribute("autocomplete", "off");
      input.spellcheck = false;
    }
    if (this.#input && !this.#input.isConnected) this.close();
    if (document.activeElement !== this.#input) this.#focus(document.activeElement);
  }

  #focus(target) {
    if (target?.matches?.("input[data-keyboard], textarea[data-keyboard]") && !target.readOnly && !this.#phone.matches) {
      if (target === this.#input && this.hasAttribute("open")) return;
      target.setAttribute("inputmode", "none");
      [this.#input, this.#run, this.#layer, this.#foreign] = [target, null, "letters", false];
      this.#shift = "off";
      this.setAttribute("open", "");
      this.#capital();
      this.#draw();
    } else if (target?.matches?.("input, textarea, select, [role=spinbutton]")) {
      this.close();
    }
  }

  get #kind() {
    return this.#input?.dataset.keyboard ?? "vi";
  }

  #text = (keys) => {
    if (this.#kind !== "vi" || this.#foreign) return keys.join("");
    return METHODS[this.#method].line(keys, { style: this.getAttribute("tones") ?? "old" });
  };

  /** The run that goes on at the caret: the one before, or a new one when the caret or the text was moved. */
  #here() {
    if (!this.#run?.holds(this.#input)) {
      const composes = this.#kind === "vi" && !this.#foreign;
      this.#run = new Run(this.#input, composes ? METHODS[this.#method] : null, { style: this.getAttribute("tones") ?? "old" });
    }
    return this.#run;
  }

  #type(characters) {
    for (const key of characters) this.#here().add(key, this.#text);
    if (this.#shift === "once") this.#shift = "off";
    this.#capital();
    this.#draw();
  }

  #delete() {
    this.#here().remove(this.#text);
    this.#capital();
  }

  /** Names begin with capitals where the input says so, as with any keyboard. */
  #capital() {
    if (this.#shift === "lock" || this.#kind !== "vi") return;
    const asked = this.#input.autocapitalize;
    const caret = this.#input.selectionStart ?? this.#input.value.length;
    const before = this.#input.value.slice(0, caret);
    const begins = asked === "words" ? /(^|[\s'-])$/.test(before) : asked === "sentences" && /^\s*$/.test(before);
    if (asked === "characters" || begins) this.#shift = "once";
    else if (this.#shift === "once") this.#shift = "off";
    this.#case();
  }

  #hardware(event) {
    const input = this.#input;
    if (!input || document.activeElement !== input || event.defaultPrevented) return;
    if (event.isComposing || event.key === "Process") this.#foreign = true;
    const command = (event.ctrlKey || event.altKey) && !event.getModifierState("AltGraph");
    if (this.#foreign || command || event.metaKey) return;
    if (event.key === "Enter" && input.localName === "input") this.#done(); // the form's own Enter goes on
    else if (event.key === "Backspace" && input.selectionStart === input.selectionEnd) {
      event.preventDefault();
      this.#delete();
    } else if ([...event.key].length === 1) this.#take(event);
  }

  #take(event) {
    if (this.#kind === "vi" && /[^\0-\x7f]/.test(event.key)) {
      this.#foreign = true; // composed elsewhere already
      return;
    }
    event.preventDefault();
    const key = this.#allowed(event.key);
    if (key) this.#type(key);
  }

  /** Text that comes by no key (paste, dictation, another input method): each field takes only what is its own. */
  #inserted(event) {
    if (event.target !== this.#input || this.#kind === "vi" || !event.cancelable || !event.data) return;
    event.preventDefault();
    this.#type([...event.data].map((key) => this.#allowed(key)).join(""));
  }

  #clean() {
    if (!this.#input || this.#kind === "vi") return;
    this.#input.value = [...this.#input.value].map((key) => this.#allowed(key)).join("");
  }

  /** What a key of a real keyboard types into this kind of field; "" for nothing. */
  #allowed(key) {
    const decimal = this.#input.dataset.decimal ?? "";
    switch (this.#kind) {
      case "latin": return bare(key).toUpperCase().replace(/[^A-Z0-9 '<-]/g, "");
      case "digits": return /[0-9]/.test(key) ? key : decimal && /[.,:]/.test(key) ? decimal : "";
      case "phone": return key.replace(/[^0-9+]/g, "");
      default: return key;
    }
  }

  #down(event) {
    const key = event.composedPath().find((node) => node.localName === "button");
    if (!key || !this.#input) return;
    event.preventDefault();
    this.#up();
    if (document.activeElement !== this.#input) this.#input.focus();
    const name = key.dataset.key;
    if (name === "done") return; // at its click: the page may move only when the finger has left
    key.classList.add("down");
    this.#press(name);
    if (name === "delete") this.#timer = setTimeout(() => this.#repeat(), REPEAT_AFTER_MS);
  }

  #repeat() {
    this.#delete();
    this.#timer = setTimeout(() => this.#repeat(), REPEAT_EVERY_MS);
  }

  #up() {
    clearTimeout(this.#timer);
    for (const key of this.shadowRoot?.querySelectorAll(".down") ?? []) key.classList.remove("down");
  }

  #click(event) {
    if (event.composedPath().some((node) => node.dataset?.key === "done")) this.#done();
  }

  /** Whoever leaves the field has ended the word: "user", which was "uẻ" on its way, is "user" again. */
  #end() {
    if (this.#run?.holds(this.#input)) this.#run.end(this.#text);
    this.#run = null;
  }

  #done() {
    const input = this.#input;
    if (!input) return;
    this.#end();
    this.close();
    input.dispatchEvent(new CustomEvent("gp-done", { bubbles: true }));
  }

  #press(name) {
    if (name in TONE_KEYS) this.#type([TONE_KEYS[name]]);
    else if (name === "delete") this.#delete();
    else if (name === "space" || name === "blank") this.#type([" "]);
    else if (name === "point") this.#type([this.#input.dataset.decimal]);
    else if (name === "shift") this.#shiftOn();
    else if (name === "method") this.#set(() => { this.#method = this.#method === "telex" ? "vni" : "telex"; this.#run = null; });
    else if (name === "numbers" || name === "letters") this.#set(() => { this.#layer = name; });
    else this.#type(this.#shift === "off" ? name : name.toUpperCase());
  }

  #set(change) {
    change();
    this.#draw();
  }

  #shiftOn() {
    this.#shift = { off: "once", once: "lock", lock: "off" }[this.#shift];
    this.#case();
  }

  #case() {
    this.toggleAttribute("shifted", this.#shift !== "off");
    this.toggleAttribute("locked", this.#shift === "lock");
  }

  #layout() {
    if (this.#kind === "digits" && this.#input.dataset.decimal) return LAYOUTS.decimal;
    if (this.#kind !== "vi") return LAYOUTS[this.#kind] ?? LAYOUTS.latin;
    return LAYOUTS[this.#layer === "numbers" ? "numbers" : this.#method];
  }

  /** Draws the keys anew, but only when they are others than those that are there. */
  #draw() {
    this.#case();
    if (!this.#input) return;
    const layout = this.#layout();
    const shape = layout[this.#wide.matches ? "wide" : "tall"];
    const words = { method: this.#method === "telex" ? "Telex" : "VNI", point: this.#input.dataset.decimal };
    const asked = JSON.stringify([this.getAttribute("labels"), words, shape]);
    if (asked === this.#drawn) return;
    this.#drawn = asked;
    const labels = JSON.parse(this.getAttribute("labels") || "{}");
    for (const name of ["space", "done"]) words[name] = labels[`keyboard.${name}`] ?? name;
    const board = this.shadowRoot.querySelector("div");
    board.className = `board columns-${shape.columns}`;
    board.replaceChildren(...shape.rows.flat().map((key) => drawKey(key, words)));
  }
}

customElements.define("gp-keyboard", Keyboard);
