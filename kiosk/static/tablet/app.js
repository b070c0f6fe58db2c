// The tablet's app: who may rate now, and what the screen shows while nobody does.
import { canRead, hush, readAloud } from "./aloud.js";
import { openCorner, refreshCorner } from "./corner.js";
import { enrolAgain } from "./forgotten.js";
import { codeLink, drawCode } from "./rotating.js";
import { made, onTouch, show } from "./screen.js";
import { stayHere } from "./stay.js";
import { enrolment } from "./store.js";
import { serverNow, startSync, status } from "./sync.js";
import { enrolledConfig, takeUp } from "./told.js";
import { beginWithNine, rate, whenReady } from "./visit.js";
import { say, sayAll, speak, speaking } from "./words.js";

const TICK = 1_000;
const QUIET = 60_000;

let drawn = "";
let chosenAt = 0;

start().catch(() => {
  onTouch(show("stuck"), "[data-reload]", () => location.reload());
  sayAll(document);
});

async function start() {
  const known = await takeUp();
  if (!known) {
    await enrolAgain();
    return;
  }
  stayHere();
  whenReady(waiting);
  speak(enrolledConfig().languages[0]);
  document.querySelector("[data-attendant]").addEventListener("click", () => openCorner(waiting));
  document.querySelector("[data-read]").addEventListener("click", () =>
    readAloud(document.querySelector("#screen")));
  globalThis.speechSynthesis?.addEventListener?.("voiceschanged", frame);
  addEventListener("keydown", pressed);
  await startSync({ onChange: told, busy });
  await waiting();
  setInterval(tick, TICK);
}

function busy() {
  if (document.querySelector("#screen [data-taken]")) return true; // touched, and on its way to the disk
  return !["rate", "open_nine", "elsewhere", "revoked"].includes(document.body.dataset.screen);
}

// Between two citizens: the office's first language again, and whatever the server told since.
async function waiting() {
  hush();
  // Whatever the store says, what the last citizen saw goes from the screen.
  const known = await takeUp().catch(() => status());
  speak(enrolledConfig().languages[0]);
  chosenAt = 0;
  if (known?.revoked) showStopped("revoked");
  else if (status().elsewhere) showStopped("elsewhere");
  else showRating();
}

function showStopped(name) {
  show(name);
  frame();
}

function showRating() {
  const { desk, hours, time_zone: zone } = enrolledConfig();
  const withNine = desk.opens_with === "skm";
  const root = show(withNine ? "open_nine" : "rate", {
    fill(screen) {
      const { quick } = speaking();
      const about = screen.querySelector("[data-question]");
      about.textContent = withNine ? say("Bagaimana pelayanan di %(desk)s?", { desk: desk.name })
        : say("Seberapa puas Anda dengan pelayanan di %(desk)s?", { desk: desk.name });
      for (const [place, span] of [...screen.querySelectorAll(".faces span")].entries()) {
        span.textContent = quick.answers[place];
      }
      screen.querySelector("[data-hours]").textContent = today(hours, zone);
    },
  });
  onTouch(root, ".faces button", ({ value }) => takeOnce(root, () => rate(Number(value))));
  onTouch(root, "[data-begin]", () => takeOnce(root, beginWithNine));
  drawn = "";
  frame();
  tick();
}

// A second touch before the first is on the disk is the same person's.
function takeOnce(root, take) {
  if (root.dataset.taken) return;
  root.dataset.taken = "yes";
  take();
}

function frame() {
  const config = enrolledConfig();
  sayAll(document);
  for (const each of document.querySelectorAll("[data-desk]")) each.textContent = config.desk.name;
  for (const each of document.querySelectorAll("[data-unit]")) each.textContent = config.unit;
  const languages = config.languages.map((language) => {
    const button = made("button", language.name, { type: "button", lang: language.code });
    if (language.code === speaking().code) button.setAttribute("aria-current", "true");
    button.addEventListener("click", () => choose(language));
    return button;
  });
  document.querySelector("[data-languages]").replaceChildren(...(languages[1] ? languages : []));
  document.querySelector("[data-unapproved]").hidden = !speaking().awaits_speaker;
  document.querySelector("[data-read]").hidden = !canRead();
  accent(config.accent_sheet);
  network();
}

function accent(address) {
  const known = document.querySelector("link[data-accent]");
  if (known?.getAttribute("href") === address) return;
  known?.remove();
  if (address) document.head.append(made("link", "", { rel: "stylesheet", href: address, "data-accent": "" }));
}

function choose(language) {
  hush();
  speak(language);
  chosenAt = Date.now();
  showRating();
}

async function tick() {
  const place = document.querySelector("[data-phone]");
  if (chosenAt && !busy() && Date.now() - chosenAt > QUIET) await waiting();
  if (!place) return;
  const code = await codeLink(serverNow());
  place.hidden = !code;
  if (!code) return;
  const picture = place.querySelector("[data-code]");
  if (code.link !== drawn || !picture.hasChildNodes()) drawCode(picture, code.link);
  drawn = code.link;
  place.querySelector("[data-seconds]").textContent = say("Berganti dalam %(left)s detik", {
    left: code.secondsLeft,
  });
}

// While nobody is here, the screen follows what the server told and what another tab does.
async function told() {
  network();
  refreshCorner();
  if (busy()) return;
  const { config } = (await enrolment()) ?? {};
  const { elsewhere, revoked } = status();
  const shown = document.body.dataset.screen;
  const stopped = revoked ? "revoked" : elsewhere ? "elsewhere" : null;
  const due = stopped ? shown !== stopped : ["revoked", "elsewhere"].includes(shown);
  if (!busy() && (due || config?.etag !== enrolledConfig().etag)) await waiting();
}

function network() {
  const { connected, waiting: kept } = status();
  const net = document.querySelector("[data-net]");
  net.dataset.net = connected ? "on" : "off";
  net.textContent = connected ? say("Siap dipakai")
    : kept ? say("Tanpa jaringan, penilaian disimpan di sini") : say("Tanpa jaringan, tetap siap dipakai");
}

function pressed({ key, target }) {
  const place = document.querySelector("[data-screen='rate'] .faces");
  if (place && /^[1-4]$/.test(key) && !target.closest("input, textarea")) {
    place.querySelector(`[value="${key}"]`).click();
  }
}

function today(hours, zone) {
  if (!hours) return "";
  const name = new Intl.DateTimeFormat("en", { weekday: "short", timeZone: zone }).format(serverNow());
  const day = hours[["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"].indexOf(name)];
  if (!day) return say("Hari ini tutup");
  const [opens, closes] = day.map((time) => time.replace(":", "."));
  return say("Hari ini buka %(opens)s–%(closes)s", { opens, closes });
}
