// When to send: at the start, after each visit, each minute, and when the network may be back.
import { bringBack, copyRest } from "./copies.js";
import { enrolment, metaGet } from "./store.js";
import { end, endForgotten } from "./record.js";
import { fly } from "./flight.js";
import { kept, persist, version } from "./report.js";
import { takeTurn } from "./turn.js";
import { followUpdates } from "./update.js";

const HEARTBEAT = 60_000;
const FIRST_PAUSE = 1_000;
const LONGEST_PAUSE = 30_000;
const BUSY_PAUSE = 5_000;

const told = {
  connected: false,
  lastContact: null,
  waiting: 0,
  setAside: 0,
  version: version(),
  offset: 0,
  persisted: null,
  used: null,
  quota: null,
  revoked: false,
  updateReady: false,
  elsewhere: false,
};
const awaited = new Map(); // by id: who waits for its receipt
let changed = () => {};
let timer = null;
let failures = 0;
let flight = null;
let oneMore = false;
let started = null;

/**
 * Start sending, and take the ratings of this tablet unless another tab does; later calls wait for
 * the first.
 * @param {{onChange?: (status: object) => void, busy?: () => boolean}} [given] `busy` tells whether
 *   a citizen is at the screen: a newer app waits until nobody is.
 */
export function startSync({ onChange = () => {}, busy = () => false } = {}) {
  started ??= start(onChange, busy);
  return started;
}

/** @returns {object} How it stands; times in milliseconds, `offset` what this clock lacks. */
export function status() {
  return { ...told };
}

/** @returns {number} The server's time as this tablet reckons it, in milliseconds. */
export function serverNow() {
  return Date.now() + told.offset;
}

/** Send now; resolves when everything that waits at this moment has been tried. */
export function pushNow() {
  if (flight) oneMore = true;
  else flight = flyUntilDone();
  return flight;
}

/**
 * End a visit and try to bring it to the server.
 * @param {{id: string}} visit
 * @param {number} milliseconds How long the citizen waits at most.
 * @returns {Promise<{ending: "recorded", receipt: string} | {ending: "kept"}>}
 */
export async function deliver(visit, milliseconds) {
  const receipt = new Promise((resolve) => awaited.set(visit.id, resolve));
  try {
    await end(visit);
    const given = await Promise.race([receipt, pushNow(), after(milliseconds)]);
    return given ? { ending: "recorded", receipt: given } : { ending: "kept" };
  } finally {
    awaited.delete(visit.id);
  }
}

async function start(onChange, busy) {
  changed = () => {
    try {
      onChange(status());
    } catch (error) {
      reportError(error); // a screen that stumbles does not stop the sending
    }
  };
  await refresh();
  tell({ elsewhere: !(await takeTurn(begin)) });
  followUpdates(busy, (ready) => tell({ updateReady: ready }));
}

async function begin() {
  await bringBack().catch(() => {}); // before a number is used again; on a full disk next time
  await endForgotten().catch(() => {}); // a full disk; each flight tries it again
  tell({ elsewhere: false });
  addEventListener("online", pushNow);
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible") pushNow();
  });
  persist().catch(() => {});
  copyRest().catch(() => {}); // no room: the next start tries it again
  pushNow();
}

async function flyUntilDone() {
  clearTimeout(timer);
  do {
    oneMore = false;
    await flyOnce();
  } while (oneMore && told.connected);
  flight = null;
  timer = setTimeout(pushNow, pause());
}

// Tablets that lost one server at one moment do not come back to it at one moment.
function pause() {
  if (told.connected && failures) return BUSY_PAUSE * (0.5 + Math.random());
  if (!failures) return HEARTBEAT * (0.9 + Math.random() / 10);
  return Math.min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** failures) * (0.5 + Math.random() / 2);
}

async function flyOnce() {
  await endForgotten().catch(() => {});
  try {
    await fly((id, receipt) => awaited.get(id)?.(receipt));
    failures = 0;
    tell({ connected: true, lastContact: Date.now() });
  } catch (error) {
    failures += 1;
    tell({ connected: error.reason === "busy" }); // then the server is there, and takes others first
  }
  await refresh().catch(() => {}); // the store could not be read: the next flight tries again
}

async function refresh() {
  const known = await enrolment();
  const offset = (await metaGet("offset")) ?? 0;
  tell({ ...(await kept()), offset, revoked: known?.revoked ?? false });
}

function tell(news) {
  Object.assign(told, news);
  changed();
}

function after(milliseconds) {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
