// One flight: a contact, then batches until nothing waits; a row goes only when the server has it.
import { metaGet, read, write } from "./store.js";
import { askContact, askToStore, Undelivered } from "./exchange.js";
import { moreWait, nextBatch, noteContact, remove, setAside } from "./queue.js";
import { report } from "./report.js";

const LARGEST = 50;
const MOST_PASSED = 3;
const SPOILT = new Set([413, 422, 500]);

/**
 * Bring everything that waits to the server, and tell it that this tablet is there.
 * @param {(id: string, receipt: string) => void} onReceipt
 * @throws {Error} When it could not; what was not acknowledged still waits.
 */
export async function fly(onReceipt) {
  const me = await identity();
  if (!me) return;
  const flight = { me, nonce: null, most: LARGEST, passed: new Set(), full: false, onReceipt };
  await touch(flight);
  do {
    const batch = await nextBatch(flight);
    if (!batch.items.length && (await moreWait(flight.passed))) await touch(flight);
    else await deliver(flight, batch);
  } while (await moreWait(flight.passed));
}

async function identity() {
  return read(["meta"], async (reading) => {
    const meta = reading.objectStore("meta");
    const known = await meta.get("enrolment");
    return known ? { device: known.device, keys: await meta.get("keys") } : null;
  });
}

async function touch(flight) {
  try {
    const told = await askContact(flight.me.device);
    flight.nonce = told.nonce;
    await note(flight, told);
    await noteRevoked(flight, false);
  } catch (error) {
    if (error.reason === "revoked") await noteRevoked(flight, true);
    throw error;
  }
}

async function noteRevoked({ me }, revoked) {
  await write(["meta"], async (changes) => {
    const meta = changes.objectStore("meta");
    const known = await meta.get("enrolment");
    const other = known.device !== me.device || known.revoked === revoked;
    if (!other) await meta.put({ ...known, revoked }, "enrolment");
  });
}

async function deliver(flight, { items, stamps, rows }) {
  const clock = new Date().toISOString();
  const config = (await metaGet("config"))?.etag ?? null;
  const batch = { responses: items, stamps, clock, report: await report(), config };
  let told;
  try {
    told = await signed(flight, batch);
  } catch (error) {
    await lighten(flight, error, rows);
    return;
  }
  flight.nonce = told.nonce;
  flight.most = Math.min(LARGEST, flight.most * 2);
  await settle(flight, told.results, rows);
  await note(flight, told);
}

async function settle(flight, results, rows) {
  const stored = results.filter(({ status }) => status !== "refused");
  await remove(stored.map(({ id }) => rows.get(id)));
  for (const { id, receipt } of stored) flight.onReceipt(id, receipt);
  for (const { id, status, reason } of results) {
    if (status === "refused") await putBehind(flight, id, rows.get(id), reason);
  }
}

async function putBehind(flight, id, key, reason) {
  try {
    await setAside(key, reason);
  } catch {
    flight.passed.add(id); // no room to say so: the next flight will
  }
}

async function note(flight, told) {
  try {
    await noteContact(flight.me.device, told);
    flight.full = false;
  } catch {
    flight.full = true; // what waits can still go, and makes room
  }
}

async function signed(flight, batch) {
  try {
    return await askToStore(flight.me, flight.nonce, batch);
  } catch (error) {
    if (error.reason !== "stale_nonce" || !error.nonce) throw error;
    return askToStore(flight.me, error.nonce, batch);
  }
}

// Where one of many spoils the batch, smaller ones find it; then it stays behind and the others go.
async function lighten(flight, error, rows) {
  if (error.reason === "revoked") await noteRevoked(flight, true);
  const spoilt = error instanceof Undelivered && SPOILT.has(error.status);
  if (!spoilt || !rows.size || flight.passed.size >= MOST_PASSED) throw error;
  const [[id, key]] = rows;
  if (rows.size > 1) flight.most = Math.ceil(rows.size / 2);
  else if (error.reason) await putBehind(flight, id, key, error.reason);
  else flight.passed.add(id);
}
