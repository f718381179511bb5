// What does not fit scrolls inside the page, and says so: two buttons beside it, each dead at its end. With large text
// on a low panel there is no room for fixed parts: the page scrolls as a whole.
export class Scroller {
  #main;
  #watch = new ResizeObserver(() => this.#tell());

  constructor(main) {
    this.#main = main;
    main.addEventListener("scroll", () => this.#tell(), { capture: true, passive: true });
  }

  #area() {
    const page = this.#main.querySelector("#page");
    return page && getComputedStyle(page).overflowY === "auto" ? page : this.#main.querySelector("[data-scroll]");
  }

  look() {
    this.#watch.disconnect();
    const area = this.#area();
    if (!area) return;
    this.#watch.observe(area);
    for (const child of area.children) this.#watch.observe(child);
    this.#tell();
  }

  #tell() {
    const area = this.#area();
    const pager = this.#main.querySelector(".pager");
    if (!area || !pager) return;
    const more = area.scrollHeight - area.clientHeight;
    pager.hidden = more < 2;
    for (const one of this.#main.querySelectorAll(".scrolls")) if (one !== area) one.classList.remove("scrolls");
    area.classList.toggle("scrolls", more >= 2);
    const [up, down] = pager.querySelectorAll("button");
    up.disabled = area.scrollTop < 2;
    down.disabled = area.scrollTop > more - 2;
  }

  /** One screenful up (-1) or down (1), less a row: what was last seen is seen first. */
  move(way) {
    const area = this.#area();
    const row = area.querySelector("button, dd, p")?.offsetHeight ?? 60;
    area.scrollBy({ top: way * Math.max(row, area.clientHeight - row), behavior: matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth" });
  }
}
