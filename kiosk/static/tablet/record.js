// From a tap to a sealed row: the number and the row in one transaction, before anybody is told.
import { copy, copyWhole, forgetWhole } from "./copies.js";
import { read, write } from "./store.js";
import { seal } from "./seal.js";
import { hasTurn } from "./turn.js";

const OVERALL = "KESELURUHAN";
const TRIES = 5;

/** The rating is not on the disk, and took no running number. */
export class NotKept extends Error {
  name = "NotKept";
}

// What a visit under way still needs; nothing else holds a citizen's answers.
const underWay = new Map();

/**
 * Store a tap.
 * @param {{rating: number, language: string}} tap
 * @returns {Promise<{id: string, sequence: number}>} The visit, once the disk has it.
 * @throws {NotKept}
 */
export async function keep({ rating, language }) {
  const content = { language, ratings: { [OVERALL]: rating } };
  const { visit, tap } = await store(content, "open");
  underWay.set(visit.id, { ...tap, rating, language });
  await copy(tap.row);
  return visit;
}

/**
 * Store a visit that opened with the nine questions.
 * @returns {Promise<{id: string, sequence: number}>}
 * @throws {NotKept}
 */
export async function keepWhole(answers) {
  const { visit, tap } = await store(contentOf(answers, answers.language), "waiting");
  await copy(tap.row);
  return visit;
}

/**
 * Replace what a tap holds by all that the citizen answered; nothing can be added after that.
 *
 * If it fails, the tap stays as it is and may be tried again or ended.
 * @param {{id: string, sequence: number}} visit
 * @param {{ratings: object, service?: string, comment?: string, profile?: object,
 *   answeredIn?: number, language?: string}} answers
 * @throws {NotKept}
 */
export async function complete(visit, answers) {
  const tap = underWay.get(visit.id);
  if (!tap) return;
  const content = contentOf(answers, answers.language ?? tap.language);
  content.ratings[OVERALL] = tap.rating;
  await notKeptIfNot(async () => {
    const sealed = await closed(visit, tap.row.device, tap, content);
    await copyWhole({ ...tap.row, sealed }); // before a flight can take the row along
    try {
      await change(visit, tap, (row) => ({ ...row, sealed, state: "waiting" }));
    } catch (error) {
      await forgetWhole(tap.row);
      throw error;
    }
  });
  underWay.delete(visit.id);
}

/** End a visit as it is: its row waits to be sent, and its answers are forgotten here. */
export async function end(visit) {
  const tap = underWay.get(visit.id);
  underWay.delete(visit.id);
  if (!tap) return;
  // On a full disk the row stays as it is; the next flight finds it without a visit.
  await change(visit, tap, (row) => ({ ...row, state: "waiting" })).catch(() => {});
}

/** @returns {boolean} Whether a visit has begun and not ended. */
export function visitUnderWay() {
  return underWay.size > 0;
}

/** Let rows wait whose visit ended with a browser that was killed, or with a full disk. */
export async function endForgotten() {
  await write(["records"], async (changes) => {
    const open = changes.objectStore("records").index("state").iterate("open");
    for await (const at of open) {
      if (!underWay.has(at.value.id)) await at.update({ ...at.value, state: "waiting" });
    }
  });
}

async function store(content, state) {
  if (!hasTurn()) throw new NotKept("another tab takes the ratings");
  return notKeptIfNot(async () => {
    const id = crypto.randomUUID();
    const servedAt = new Date().toISOString();
    for (let tried = 0; tried < TRIES; tried += 1) {
      const { device, sequence, to } = await nextPlace();
      const visit = Object.freeze({ id, sequence });
      const sealed = await closed(visit, device, { servedAt, to }, content);
      const row = await put({ device, ...visit, state, sealed });
      if (row) return { visit, tap: { row, servedAt, to } };
    }
    throw new Error("the running number was always taken");
  });
}

async function nextPlace() {
  return read(["meta"], async (reading) => {
    const meta = reading.objectStore("meta");
    const { device } = await meta.get("enrolment");
    return { device, sequence: await meta.get("sequence"), to: await meta.get("seal_key") };
  });
}

// Sealing takes longer than a transaction lives, so the number is looked at again when it is used.
async function put(row) {
  return write(["meta", "records"], async (changes) => {
    const [meta, records] = ["meta", "records"].map((name) => changes.objectStore(name));
    const [{ device }, sequence] = [await meta.get("enrolment"), await meta.get("sequence")];
    if (device !== row.device || sequence !== row.sequence) return null;
    const numbered = { ...row, after: await meta.get("stamp") };
    await records.add(numbered);
    await meta.put(sequence + 1, "sequence");
    return numbered;
  });
}

async function change(visit, tap, changed) {
  await write(["records"], async (changes) => {
    const records = changes.objectStore("records");
    const row = await records.get([tap.row.device, visit.sequence]);
    if (row?.state === "open") await records.put(changed(row));
  });
}

function closed({ id, sequence }, device, { servedAt, to }, content) {
  const text = JSON.stringify({ id, sequence, served_at: servedAt, ...content });
  return seal(to, text, `${device} ${id} ${sequence}`);
}

function contentOf({ ratings, service, comment, profile, answeredIn }, language) {
  return {
    language,
    ratings: { ...ratings },
    service: service ?? null,
    comment: comment ?? null,
    profile: { ...profile },
    answered_in: answeredIn ?? null,
  };
}

async function notKeptIfNot(work) {
  try {
    return await work();
  } catch (error) {
    throw new NotKept(error.message, { cause: error });
  }
}
