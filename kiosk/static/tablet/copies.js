// A second copy of what waits, in a store of another kind: a browser that is cut off in the middle of
// a write may throw its database away (docs/tablet.md). A copy is made after its row and goes before
// it, so a copy without a row is one whose row was lost.
import { read, write } from "./store.js";
import { bytesOf, spelt } from "./seal.js";

const NAME = "nilai-copies";
const AT = new URL("../../kiosk/copies/", import.meta.url); // names only: no server is asked
const ENROLMENT = new URL("enrolment", AT).href;
const EVERYTHING = ["meta", "records"];

/** Copy a row as it is. What fails here takes nothing from the row, which is on the disk. */
export async function copy(row) {
  try {
    const stamps = await read(["meta"], (reading) => reading.objectStore("meta").get("stamps"));
    const { state, reason, sealed, ...known } = row;
    await put(addressOf([row.device, row.sequence]), {
      ...known,
      stamp: stamps[row.after] ?? null,
      sealed: spelt(sealed),
    });
  } catch {
    // No room, or a store of copies that is broken itself.
  }
}

/** Let go of the copies of rows that the server has. */
export async function forget(keys) {
  try {
    const copies = await caches.open(NAME);
    await Promise.all(keys.map((key) => copies.delete(addressOf(key))));
  } catch {
    // Its row, once brought back, is known to the server: it goes then.
  }
}

/** Remember an enrolment for the day when the database is gone. */
export async function rememberEnrolment(device) {
  await put(ENROLMENT, { device }).catch(() => {}); // the next start tries it again
}

/** Copy what has no copy yet: an older app made none, or a disk was full. */
export async function copyRest() {
  const { device } = await read(["meta"], (reading) => reading.objectStore("meta").get("enrolment"));
  await rememberEnrolment(device);
  const rows = await read(["records"], (reading) => reading.objectStore("records").getAll());
  const copied = await addresses();
  for (const row of rows) {
    if (!copied.has(addressOf([row.device, row.sequence]))) await copy(row);
  }
}

/** @returns {Promise<string | null>} The enrolment that is remembered here when the database is gone. */
export async function formerDevice() {
  const found = await contentAt(await caches.open(NAME), ENROLMENT);
  return found?.device ?? null;
}

/** Give each copy whose row was lost its row again; it waits under its own enrolment and number. */
export async function bringBack() {
  const lost = await withoutRow();
  if (!lost.length) return;
  await write(EVERYTHING, async (changes) => {
    const [meta, records] = EVERYTHING.map((name) => changes.objectStore(name));
    const names = ["enrolment", "stamps", "stamp", "sequence"];
    const [known, kept, newest, next] = await Promise.all(names.map((name) => meta.get(name)));
    const [stamps, numbers, taken] = [{ ...kept }, [newest ?? -1], [next ?? 0]];
    for (const { stamp, after, sealed, ...row } of lost) {
      // A number that stands for another stamp by now says nothing of this row.
      const isDated = stamp !== null && (stamps[after] ??= stamp) === stamp;
      const dated = isDated ? { after } : {};
      await records.put({ ...row, ...dated, state: "waiting", sealed: bytesOf(sealed) });
      if (isDated) numbers.push(after);
      if (row.device === known?.device) taken.push(row.sequence + 1);
    }
    await meta.put(stamps, "stamps");
    await meta.put(Math.max(...numbers), "stamp");
    await meta.put(Math.max(...taken), "sequence");
  });
}

async function withoutRow() {
  const copied = await addresses();
  const keys = await read(["records"], (reading) => reading.objectStore("records").getAllKeys());
  for (const key of keys) copied.delete(addressOf(key));
  const copies = await caches.open(NAME);
  const found = [];
  for (const address of copied) found.push(await contentAt(copies, address));
  return found.filter(Boolean);
}

async function addresses() {
  const names = (await (await caches.open(NAME)).keys()).map(({ url }) => url);
  return new Set(names.filter((name) => name !== ENROLMENT));
}

// A copy that was cut off half-way is none.
async function contentAt(copies, address) {
  const found = await copies.match(address);
  return found?.json().catch(() => null) ?? null;
}

async function put(address, content) {
  const copies = await caches.open(NAME);
  await copies.put(address, Response.json(content));
}

function addressOf([device, sequence]) {
  return new URL(`${device}/${sequence}`, AT).href;
}
