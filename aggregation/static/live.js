// Keeps the panel of the running month fresh: asks for its own page once a minute while it is seen,
// and says so only when the figures changed. It stops when nobody has touched the page for a
// while, so that a forgotten window does not keep its session open.
const EVERY = 60_000;
const FORGOTTEN_AFTER = 20 * 60_000;

const panel = () => document.querySelector("[data-live]");
const said = document.querySelector("[data-live-said]");

let touched = Date.now();
for (const sign of ["pointerdown", "keydown", "scroll"]) {
  addEventListener(sign, () => { touched = Date.now(); }, { passive: true });
}

// What it says without what is drawn: a chart's words are in the data beside it.
function words(section) {
  const copy = section.cloneNode(true);
  for (const drawing of copy.querySelectorAll("[role=img]")) drawing.replaceChildren();
  return copy.textContent.replace(/\s+/g, " ");
}

let known = words(panel());

async function fresh(address) {
  const answer = await fetch(address, { headers: { Accept: "text/html" } });
  if (!answer.ok || answer.redirected) return null;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  return page.querySelector("[data-live]");
}

async function refresh() {
  if (document.hidden || Date.now() - touched > FORGOTTEN_AFTER) return;
  const found = await fresh(panel().dataset.live).catch(() => null);
  if (!found || words(found) === known) return;
  known = words(found);
  const section = document.adoptNode(found);
  panel().replaceWith(section);
  document.dispatchEvent(new CustomEvent("newcharts", { detail: section }));
  said.textContent = "";
  said.textContent = section.dataset.liveChanged;
}

setInterval(refresh, EVERY);
document.addEventListener("visibilitychange", refresh);
