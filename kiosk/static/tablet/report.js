// What a tablet tells of itself: its version, what it keeps, its store and its battery.
import { read } from "./store.js";
import { counted } from "./queue.js";

/** @returns {string} The version of the app that is running, as the shell says it. */
export function version() {
  return document.querySelector('meta[name="version"]')?.content || "0";
}

/** Ask the browser never to throw the store away, and say whether it promised. */
export async function persist() {
  return (await navigator.storage?.persist?.()) ?? null;
}

/** @returns {Promise<{waiting: number, setAside: number, persisted: boolean | null,
 *   used: number | null, quota: number | null}>} What the store holds, and its room in bytes. */
export async function kept() {
  const estimate = await navigator.storage?.estimate?.().catch(() => null);
  return {
    ...(await counted()),
    persisted: (await navigator.storage?.persisted?.()) ?? null,
    used: estimate?.usage ?? null,
    quota: estimate?.quota ?? null,
  };
}

/** @returns {Promise<object>} The report that goes with a batch. */
export async function report() {
  const told = await kept();
  const power = await navigator.getBattery?.().catch(() => null);
  return {
    version: version(),
    waiting: told.waiting,
    set_aside: told.setAside,
    next_sequence: await read(["meta"], (reading) => reading.objectStore("meta").get("sequence")),
    persisted: told.persisted,
    used_bytes: told.used,
    quota_bytes: told.quota,
    battery: power ? Math.round(power.level * 100) : null,
    charging: power ? power.charging : null,
  };
}
