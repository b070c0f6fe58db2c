// From a one-time code to an enrolled tablet; without keys the form goes to the server as it is.
import { bringBack, formerDevice, rememberEnrolment } from "./copies.js";
import { askToEnrol } from "./exchange.js";
import { enrolment, write } from "./store.js";
import { codeKey, newKeys, publicHalf, sealKey, sign } from "./seal.js";
import { counted } from "./queue.js";

const READ_AS = { O: "0", I: "1", L: "1", "-": "", " ": "" };

/** @returns {boolean} Whether this browser can keep ratings while there is no network. */
export function canKeep() {
  return Boolean(
    window.isSecureContext && crypto.subtle && indexedDB && navigator.serviceWorker && navigator.locks,
  );
}

/**
 * Enrol this tablet with a code, and keep what it needs from now on.
 *
 * What an earlier enrolment at the same desk still keeps stays, under its own running numbers.
 * @param {string} typed
 * @throws {import("./exchange.js").Undelivered} With the server's `reason`.
 */
export async function enrol(typed) {
  const keys = await newKeys();
  await bringBack(); // or what waits would be of a tablet that nobody remembers
  const previous = (await enrolment())?.device ?? (await formerDevice());
  let told;
  try {
    told = await asked(typed, keys, previous);
  } catch (error) {
    const nothingWaits = (await counted()).waiting === 0;
    if (error.reason !== "other_desk" || !nothingWaits) throw error;
    told = await asked(typed, keys, null);
  }
  await keepEnrolment(told, keys);
}

async function asked(typed, keys, previous) {
  const [code, key] = [inOneSpelling(typed), await publicHalf(keys)];
  const signature = await sign(keys, `nilai enrol 1\n${code}\n${key}`);
  return askToEnrol({ code, key, clock: new Date().toISOString(), previous, signature });
}

async function keepEnrolment(told, keys) {
  const { device, desk, pin, config, stamp, time } = told;
  const fresh = {
    enrolment: { device, desk, pin, revoked: false },
    keys,
    seal_key: await sealKey(told.seal_key),
    code_key: await codeKey(told.code_key),
    config,
    offset: Date.parse(time) - Date.now(),
    sequence: 0,
  };
  await write(["meta"], async (changes) => {
    const meta = changes.objectStore("meta");
    const number = ((await meta.get("stamp")) ?? -1) + 1; // what still waits has stamps before it
    const stamps = { ...(await meta.get("stamps")), [number]: stamp };
    const all = Object.entries({ ...fresh, stamp: number, stamps });
    for (const [name, value] of all) await meta.put(value, name);
  });
  await rememberEnrolment(device).catch(() => {}); // the first copy tries it again
}

function inOneSpelling(typed) {
  return typed.toUpperCase().replace(/[OIL\- ]/g, (letter) => READ_AS[letter]);
}
