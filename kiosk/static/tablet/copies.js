// A second copy of what waits, in a store of another kind: a browser that is cut off in the middle of
// a write may throw its database away (docs/tablet.md). A copy is made after its row and goes before
// it, so a copy without a row is one whose row was lost, or was sent at that very moment: the server
// knows it then.
import { read, write } from "./store.js";
import { bytesOf, spelt } from "./seal.js";

const NAME = "nilai-copies";
const AT = new URL("../../kiosk/copies/", import.meta.url).href; // names only: no server is asked
const ENROLMENTS = `${AT}enrolment/`;
const WHOLE = "/whole";
const EVERYTHING = ["meta", "records"];
const PATIENCE = 2_000;

let remembered = null;

/** Copy a row as it is. What fails here takes nothing from the row, which is on the disk. */
export async function copy(row) {
  await keep(row, addressOf(keyOf(row)));
}

/** Copy a row that a citizen completed, beside the copy of the tap: neither is ever half there. */
export async function copyWhole(row) {
  await keep(row, addressOf(keyOf(row)) + WHOLE);
}

/** Let go of the copy of a completed row that could not be kept. */
export async function forgetWhole(row) {
  await remove([addressOf(keyOf(row)) + WHOLE]);
}

/** Let go of the copies of rows that the server has. */
export async function forget(keys) {
  await remove(keys.map(addressOf).flatMap((each) => [each, each + WHOLE]));
}

/** Copy what has no copy yet: an older app made none, or a disk was full. */
export async function copyRest() {
  const { device } = await read(["meta"], (reading) => reading.objectStore("meta").get("enrolment"));
  await rememberEnrolment(device);
  const keys = await read(["records"], (reading) => reading.objectStore("records").getAllKeys());
  const copied = await copiedRows();
  for (const key of keys.filter((each) => !copied.has(addressOf(each)))) {
    const row = await rowAt(key);
    if (row) await copy(row);
  }
}

/** Remember an enrolment for the day when the database is gone. */
export async function rememberEnrolment(device) {
  if (remembered === device) return;
  const own = ENROLMENTS + device;
  const known = (await names()).filter((each) => each.startsWith(ENROLMENTS));
  if (!known.includes(own)) await put(own, { device, since: Date.now() });
  await remove(known.filter((each) => each !== own));
  remembered = device;
}

/** @returns {Promise<string | null>} The enrolment that is remembered when the database is gone. */
export async function formerDevice() {
  const kept = (await names().catch(() => [])).filter((each) => each.startsWith(ENROLMENTS));
  const found = (await Promise.all(kept.map(contentAt))).filter(Boolean);
  if (found.length) return found.reduce((one, other) => (other.since > one.since ? other : one)).device;
  const newest = await read(["records"], (reading) =>
    reading.objectStore("records").index("after").openCursor(null, "prev"));
  return newest?.value.device ?? null;
}

/** Give each copy whose row was lost its row again; it waits under its own enrolment and number. */
export async function bringBack() {
  const lost = await withoutRow();
  if (!lost.length) return;
  await write(EVERYTHING, async (changes) => {
    const [meta, records] = EVERYTHING.map((name) => changes.objectStore(name));
    const held = ["enrolment", "stamps", "stamp", "sequence"];
    const [known, kept, newest, next] = await Promise.all(held.map((name) => meta.get(name)));
    const [stamps, numbers, taken] = [{ ...kept }, [newest ?? -1], [next ?? 0]];
    for (const { stamp, after, ...row } of lost) {
      // A number that stands for another stamp by now says nothing of this row.
      const isDated = stamp !== null && (stamps[after] ??= stamp) === stamp;
      await records.put({ ...row, ...(isDated ? { after } : {}), state: "waiting" });
      if (isDated) numbers.push(after);
      if (row.device === known?.device) taken.push(row.sequence + 1);
    }
    await meta.put(stamps, "stamps");
    await meta.put(Math.max(...numbers), "stamp");
    await meta.put(Math.max(...taken), "sequence");
  });
}

async function withoutRow() {
  const lost = await copiedRows();
  const keys = await read(["records"], (reading) => reading.objectStore("records").getAllKeys());
  for (const key of keys) lost.delete(addressOf(key));
  const found = [];
  for (const address of lost) {
    found.push((await lostRow(address + WHOLE)) ?? (await lostRow(address)));
  }
  return found.filter(Boolean);
}

// A copy that was cut off half-way, or spoilt, is none, and keeps no other from coming back.
async function lostRow(address) {
  try {
    const { sealed, ...row } = await contentAt(address);
    return Number.isInteger(row.sequence) ? { ...row, sealed: bytesOf(sealed) } : null;
  } catch {
    return null;
  }
}

async function keep({ state, reason, sealed, ...known }, address) {
  try {
    await rememberEnrolment(known.device);
    const stamps = await read(["meta"], (reading) => reading.objectStore("meta").get("stamps"));
    await put(address, { ...known, stamp: stamps[known.after] ?? null, sealed: spelt(sealed) });
    if (!(await rowAt(keyOf(known)))) await remove([address]); // sent meanwhile
  } catch {
    // No room, or a store of copies that is broken itself.
  }
}

function rowAt(key) {
  return read(["records"], (reading) => reading.objectStore("records").get(key));
}

async function copiedRows() {
  const rows = (await names()).filter((each) => !each.startsWith(ENROLMENTS));
  return new Set(rows.map((each) => (each.endsWith(WHOLE) ? each.slice(0, -WHOLE.length) : each)));
}

async function names() {
  return (await soon(opened((copies) => copies.keys()))).map(({ url }) => url);
}

async function contentAt(address) {
  const found = await soon(opened((copies) => copies.match(address)));
  return found?.json().catch(() => null) ?? null;
}

function put(address, content) {
  return soon(opened((copies) => copies.put(address, Response.json(content))));
}

// Where this fails, the row is brought back one day, known to the server, and goes then.
async function remove(addresses) {
  const removed = opened((copies) => Promise.all(addresses.map((each) => copies.delete(each))));
  await soon(removed).catch(() => {});
}

async function opened(work) {
  return work(await caches.open(NAME));
}

// No citizen waits for a store that does not answer.
function soon(work) {
  return new Promise((resolve, reject) => {
    const late = setTimeout(() => reject(new DOMException("no copies", "UnknownError")), PATIENCE);
    work.then(resolve, reject).finally(() => clearTimeout(late));
  });
}

function keyOf({ device, sequence }) {
  return [device, sequence];
}

function addressOf([device, sequence]) {
  return `${AT}${device}/${sequence}`;
}
