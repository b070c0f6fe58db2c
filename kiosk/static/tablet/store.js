// What the tablet keeps (docs/tablet.md): a database whose every change is on the disk when told.
import { openDB } from "./vendor/idb/idb.js";

export const NAME = "nilai-tablet";

// How a database grows from one version to the next. A step that was ever released stays as it is.
const STEPS = [
  (database) => {
    database.createObjectStore("meta");
    const records = database.createObjectStore("records", { keyPath: ["device", "sequence"] });
    records.createIndex("state", "state");
    records.createIndex("after", "after");
  },
];

let opened = null;

/**
 * Open the database, bringing an older one to this version with everything in it.
 * @returns {Promise<import("./vendor/idb/idb.js").IDBPDatabase>}
 */
export function openStore() {
  opened ??= openDB(NAME, STEPS.length, {
    upgrade(database, from, _to, change) {
      for (const step of STEPS.slice(from)) step(database, change);
    },
    // A newer app in another tab waits for this one to let go; the next call opens it again.
    blocking() {
      opened?.then((database) => database.close(), () => {});
      opened = null;
    },
    terminated() {
      opened = null;
    },
  }).catch((error) => {
    opened = null;
    throw error;
  });
  return opened;
}

/**
 * Read from stores in one transaction.
 * @template T
 * @param {string[]} stores
 * @param {(change: IDBPTransaction) => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function read(stores, work) {
  return work((await openStore()).transaction(stores));
}

/**
 * Change stores in one transaction; resolves once the disk has it, rejects if nothing changed.
 * @template T
 * @param {string[]} stores
 * @param {(change: IDBPTransaction) => Promise<T>} work Awaits nothing but the stores.
 * @returns {Promise<T>}
 */
export async function write(stores, work) {
  const change = (await openStore()).transaction(stores, "readwrite", { durability: "strict" });
  change.done.catch(() => {}); // the reason is thrown below
  let result;
  try {
    result = await work(change);
  } catch (error) {
    try {
      change.abort();
    } catch {
      // It has ended by itself, for the same reason.
    }
    throw error;
  }
  await change.done;
  return result;
}

/** @returns {Promise<any>} What is kept under a name, or undefined. */
export async function metaGet(key) {
  return (await openStore()).get("meta", key);
}

/** Keep something under a name. */
export async function metaPut(key, value) {
  await write(["meta"], (change) => change.objectStore("meta").put(value, key));
}

/**
 * @returns {Promise<null | {device: string, desk: string, config: object, pin: object,
 *   revoked: boolean}>} Where this tablet stands, or null if it was never enrolled.
 */
export async function enrolment() {
  return read(["meta"], async (change) => {
    const meta = change.objectStore("meta");
    const known = await meta.get("enrolment");
    return known ? { ...known, config: await meta.get("config") } : null;
  });
}
