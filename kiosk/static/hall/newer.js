/**
 * A screen in the hall hangs for months: once an hour it takes up what has been published since.
 * Without a network, or behind a page that asks for a password, it goes on showing what it has.
 */

const EVERY = 60 * 60 * 1000;
const GONE = [404, 410];

setInterval(look, EVERY);

async function look() {
  try {
    const answer = await fetch(location.href, { cache: "no-cache", credentials: "omit" });
    if (GONE.includes(answer.status)) location.reload();
    if (answer.ok) await show(new DOMParser().parseFromString(await answer.text(), "text/html"));
  } catch {
    // No network: the next hour is another try.
  }
}

/**
 * Put a newer page in the place of this one, once its styles are here.
 *
 * @param {Document} newer
 */
async function show(newer) {
  const main = newer.querySelector("main:has(> .slide)");
  const old = document.querySelector("main");
  if (!main || main.isEqualNode(old)) return;
  const worn = styles(document).filter((each) => !find(newer, each));
  await Promise.all(styles(newer).filter((each) => !find(document, each)).map(load));
  old.replaceWith(document.importNode(main, true));
  document.title = newer.title;
  for (const each of worn) each.remove();
}

function styles(page) {
  return [...page.querySelectorAll("link[rel=stylesheet]")];
}

function find(page, style) {
  const address = style.getAttribute("href");
  return styles(page).find((each) => each.getAttribute("href") === address);
}

function load(style) {
  return new Promise((resolve, reject) => {
    const link = document.createElement("link");
    link.rel = "stylesheet";
    link.addEventListener("load", resolve);
    link.addEventListener("error", reject);
    link.href = style.getAttribute("href");
    document.head.append(link);
  });
}
