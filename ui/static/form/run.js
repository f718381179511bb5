// What is being typed into one field: keystrokes become text at the caret.
const WORD_BEFORE = /[\p{L}\p{M}]+$/u;

/** What has been typed since the caret was put here: `before` + line(keys) + `after`. */
export class Run {
  constructor(input, method, options) {
    this.input = input;
    const [start, end] = [input.selectionStart ?? input.value.length, input.selectionEnd ?? input.value.length];
    [this.before, this.after] = [input.value.slice(0, start), input.value.slice(end)];
    this.keys = [];
    const word = start === end && method ? this.before.match(WORD_BEFORE)?.[0] : null;
    const spelled = word && method.spell(word, options);
    this.own = word && spelled ? { word, spelled } : null; // a word already there; it takes marks, but is deleted by letters
    [this.selected, this.shown, this.caret] = [start !== end, input.value, start];
  }

  holds(input) {
    const caret = input.selectionStart ?? input.value.length;
    return input === this.input && input.value === this.shown && !(input.selectionEnd > caret) && caret === this.caret;
  }

  /** Type `key`; false when the field is full. */
  add(key, text) {
    if (this.own && this.keys.length === 0) {
      this.before = this.before.slice(0, -this.own.word.length);
      this.keys = [...this.own.spelled];
      this.borrowed = this.keys.length;
    }
    this.keys.push(key);
    if (this.show(text)) return true;
    this.keys.pop();
    return false;
  }

  remove(text) {
    if (this.keys.length > (this.borrowed ?? 0)) this.keys.pop();
    else if (!this.selected) {
      this.before = (this.before + text(this.keys)).replace(/\P{M}\p{M}*$/u, "");
      [this.keys, this.own, this.borrowed] = [[], null, 0];
    }
    this.show(text);
  }

  /** The field is left: the last word has ended, as if a space followed. Trims what was typed around it. */
  end(text) {
    const value = (this.before + text([...this.keys, " "]).slice(0, -1) + this.after).trim();
    if (value === this.input.value) return;
    this.input.value = value;
    this.#tell();
  }

  show(text) {
    const head = this.before + text(this.keys);
    const value = head + this.after;
    const most = this.input.maxLength;
    if (most >= 0 && value.length > most && value.length > this.input.value.length) return false;
    this.input.value = value;
    [this.selected, this.shown, this.caret] = [false, this.input.value, head.length];
    if (this.input.selectionStart !== null) this.input.setSelectionRange(head.length, head.length);
    this.#tell();
    return true;
  }

  #tell() {
    this.input.dispatchEvent(new InputEvent("input", { bubbles: true, inputType: "insertText" }));
  }
}
