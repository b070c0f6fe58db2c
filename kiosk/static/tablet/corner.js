// The attendant's corner: how the tablet is, behind a PIN, and never a value.
import { pushNow, status } from "./sync.js";
import { enrolment, metaGet, metaPut } from "./store.js";
import { bytesOf } from "./seal.js";
import { runOut, stop } from "./pause.js";
import { made, onTouch, show } from "./screen.js";
import { say, speaking } from "./words.js";

const DIGITS = 6;
const TRIES = 5;
const WAIT = 60_000;
const OPEN_FOR = 60_000;
const MEGABYTE = 2 ** 20;

let leave = () => {};
let facts = null;

/** Ask for the PIN, then show how the tablet is. */
export async function openCorner(back) {
  leave = () => {
    stop();
    facts = null;
    back();
  };
  let typed = "";
  const root = show("pin", { title: say("Petugas loket") });
  const told = root.querySelector("[data-typed]");
  const problem = root.querySelector("[data-problem]");
  const draw = () => {
    told.textContent = "●".repeat(typed.length) + "○".repeat(DIGITS - typed.length);
    told.setAttribute("aria-label", say("%(typed)s dari 6 angka", { typed: typed.length }));
  };
  const add = async (digit) => {
    runOut(OPEN_FOR, leave);
    problem.textContent = "";
    if (typed.length < DIGITS) typed += digit;
    draw();
    if (typed.length < DIGITS) return;
    const given = typed;
    typed = "";
    problem.textContent = await refusal(given);
    draw();
    if (!problem.textContent) showFacts();
  };
  onTouch(root, "[data-digit]", ({ dataset }) => add(dataset.digit));
  onTouch(root, "[data-erase]", () => {
    typed = typed.slice(0, -1);
    draw();
  });
  onTouch(root, "[data-back]", leave);
  root.addEventListener("keydown", ({ key }) => /^\d$/.test(key) && add(key));
  draw();
  runOut(OPEN_FOR, leave);
}

/** Show the facts anew while the corner is open. */
export function refreshCorner() {
  if (facts) fill(facts);
}

async function refusal(pin) {
  const tried = (await metaGet("pin_tries")) ?? { wrong: 0, last: 0 };
  const over = tried.wrong >= TRIES && Math.abs(Date.now() - tried.last) < WAIT;
  if (over) return say("Terlalu banyak percobaan. Coba lagi setelah satu menit.");
  const right = await fits(pin);
  const wrong = right ? 0 : tried.wrong + 1;
  await metaPut("pin_tries", { wrong, last: Date.now() }).catch(() => {});
  return right ? "" : say("PIN salah. PIN diberikan saat tablet didaftarkan.");
}

async function fits(pin) {
  const { pin: kept } = await enrolment();
  const typed = new TextEncoder().encode(pin);
  const key = await crypto.subtle.importKey("raw", typed, "PBKDF2", false, ["deriveBits"]);
  const how = { name: "PBKDF2", hash: "SHA-256", salt: bytesOf(kept.salt), iterations: kept.rounds };
  const made = new Uint8Array(await crypto.subtle.deriveBits(how, key, 256));
  const due = bytesOf(kept.hash);
  return made.every((byte, place) => byte === due[place]);
}

function showFacts() {
  const root = show("corner", { title: say("Keadaan tablet"), fill });
  facts = root;
  onTouch(root, "[data-send]", () => pushNow());
  onTouch(root, "[data-full]", () => document.documentElement.requestFullscreen?.().catch(() => {}));
  onTouch(root, "[data-reload]", () => location.reload());
  onTouch(root, "[data-back]", () => leave());
  root.addEventListener("pointerdown", () => runOut(OPEN_FOR, leave));
  runOut(OPEN_FOR, leave);
}

function fill(root) {
  const now = status();
  const rows = [
    [say("Jaringan"), now.connected ? say("Tersambung") : say("Terputus")],
    [say("Kontak terakhir"), now.lastContact ? moment(now.lastContact) : say("Belum sejak dinyalakan")],
    [say("Menunggu dikirim"), number(now.waiting)],
    [say("Ditolak server"), number(now.setAside)],
    [say("Versi"), now.updateReady ? say("%(version)s, versi baru siap", now) : now.version],
    [say("Penyimpanan"), storage(now)],
    [say("Jam tablet"), clock(now.offset)],
  ];
  const list = rows.flatMap(([name, value]) => [made("dt", name), made("dd", value)]);
  root.querySelector("[data-facts]").replaceChildren(...list);
}

function storage({ persisted, used, quota }) {
  const kept = persisted ? say("Dijamin peramban") : say("Tidak dijamin peramban");
  if (used === null || !quota) return kept;
  const sizes = { used: number(Math.ceil(used / MEGABYTE)), quota: number(Math.floor(quota / MEGABYTE)) };
  return `${kept} · ${say("%(used)s dari %(quota)s MB", sizes)}`;
}

function clock(offset) {
  const seconds = Math.round(offset / 1000);
  if (Math.abs(seconds) < 60) return say("Tepat");
  const apart = { minutes: number(Math.round(Math.abs(seconds) / 60)) };
  return seconds > 0 ? say("Lambat %(minutes)s menit", apart) : say("Cepat %(minutes)s menit", apart);
}

function moment(at) {
  return new Date(at).toLocaleString(speaking().speech, { dateStyle: "medium", timeStyle: "short" });
}

function number(value) {
  return value.toLocaleString(speaking().speech);
}
