// Measures a page as a person meets it: what runs over, what is too small to touch, what is too pale to read.
// Returns sentences; an empty list is a good page. Arguments: {target: px, contrast: ratio}.
({ target, contrast }) => {
  const faults = [];
  const seen = (element) => {
    const box = element.getBoundingClientRect();
    return box.width > 0 && box.height > 0 && element.checkVisibility({ visibilityProperty: true });
  };
  const name = (element) => `${element.tagName.toLowerCase()}#${element.id || element.className?.baseVal || element.className} "${element.textContent.trim().slice(0, 40)}"`;
  const root = document.documentElement;
  if (root.scrollWidth > innerWidth) faults.push(`page is ${root.scrollWidth} wide in ${innerWidth}`);
  if (root.scrollHeight > innerHeight) faults.push(`page is ${root.scrollHeight} high in ${innerHeight}`);

  const channel = (value) => (value / 255 <= 0.04045 ? value / 255 / 12.92 : ((value / 255 + 0.055) / 1.055) ** 2.4);
  const luminance = ([r, g, b]) => 0.2126 * channel(r) + 0.7152 * channel(g) + 0.0722 * channel(b);
  const colour = (text) => (text.match(/[\d.]+/g) ?? [0, 0, 0, 0]).map(Number);
  const over = ([r, g, b, a = 1], [R, G, B]) => [r * a + R * (1 - a), g * a + G * (1 - a), b * a + B * (1 - a)];
  const grounds = (element) => { // every colour that may lie under the text: the ground, and each stop of a gradient
    const layers = [];
    for (let node = element; node; node = node.parentElement) {
      const style = getComputedStyle(node);
      const stops = (style.backgroundImage.match(/rgba?\([^)]*\)/g) ?? []).map(colour);
      if (stops.length) return stops.map((stop) => layers.reduceRight((under, layer) => over(layer, under), over(stop, [255, 255, 255])));
      const own = colour(style.backgroundColor);
      if (own.length < 4 || own[3] > 0) layers.push(own);
      if (own.length === 3 || own[3] === 1) break;
    }
    return [layers.reduceRight((under, layer) => over(layer, under), [255, 255, 255])];
  };

  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const element = walker.currentNode.parentElement;
    if (!walker.currentNode.data.trim() || !seen(element) || element.closest("script, style, .spoken, option")) continue;
    const style = getComputedStyle(element);
    const ink = colour(style.color);
    for (const ground of grounds(element)) {
      const [high, low] = [luminance(over(ink, ground)), luminance(ground)].sort((a, b) => b - a);
      const ratio = (high + 0.05) / (low + 0.05);
      if (ratio < contrast && !element.closest(":disabled")) faults.push(`contrast ${ratio.toFixed(2)} of ${name(element)}`);
    }
    if (parseFloat(style.lineHeight) / parseFloat(style.fontSize) < 1.249) faults.push(`line height ${style.lineHeight} at ${style.fontSize} of ${name(element)}`);
    if (style.fontFamily.split(",")[0].replaceAll('"', "") !== "Noto Sans") faults.push(`font ${style.fontFamily} of ${name(element)}`);
    const range = document.createRange();
    range.selectNodeContents(walker.currentNode);
    for (const box of range.getClientRects()) {
      if (element.closest(".samples, textarea")) break; // these scroll
      if (box.left < -0.5 || box.right > innerWidth + 0.5 || box.top < -0.5 || box.bottom > innerHeight + 0.5) faults.push(`outside the page: ${name(element)}`);
      const holder = element.closest("button, li, .card, section, header, figure")?.getBoundingClientRect();
      if (holder && (box.left < holder.left - 0.5 || box.right > holder.right + 0.5 || box.top < holder.top - 1.5 || box.bottom > holder.bottom + 1.5)) faults.push(`runs out of its holder: ${name(element)}`);
    }
    const clipped = style.overflow !== "visible" && element.scrollWidth > element.clientWidth + 1;
    if (clipped && !element.closest(".samples")) faults.push(`cut off: ${name(element)}`);
  }
  for (const element of document.querySelectorAll("button, a[href], select")) {
    if (!seen(element)) continue;
    const box = element.getBoundingClientRect();
    if (box.height < target - 0.5 || box.width < target - 0.5) faults.push(`target ${box.width.toFixed(0)} x ${box.height.toFixed(0)}: ${name(element)}`);
    if (!(element.getAttribute("aria-label") || element.textContent.trim())) faults.push(`no name: ${name(element)}`);
    if (box.right > innerWidth + 0.5 || box.bottom > innerHeight + 0.5) faults.push(`button outside the page: ${name(element)}`);
    const middle = document.elementFromPoint(box.left + box.width / 2, box.top + box.height / 2);
    if (middle && !element.closest(".samples") && !element.contains(middle)) faults.push(`covered by ${name(middle)}: ${name(element)}`);
  }
  return faults;
}
