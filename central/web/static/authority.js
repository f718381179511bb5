// j and k go down and up the list, Enter opens. The page does everything without it.
"use strict";
document.addEventListener("keydown", (event) => {
  if (event.target.closest("input, select, textarea") || event.ctrlKey || event.altKey || event.metaKey) return;
  const rows = [...document.querySelectorAll(".night tbody tr")];
  const step = { j: 1, k: -1 }[event.key];
  if (!step || !rows.length) return;
  const now = rows.findIndex((row) => row.contains(document.activeElement));
  const next = rows[Math.min(rows.length - 1, Math.max(0, now + step))];
  rows.forEach((row) => row.classList.toggle("at", row === next));
  next.querySelector("a").focus();
  event.preventDefault();
});
