// The rows that wait, and the stamps they still need: what a flight takes out and what it puts back.
import { forget } from "./copies.js";
import { read, write } from "./store.js";
import { spelt } from "./seal.js";

const EVERYTHING = ["meta", "records"];

/** @returns {Promise<{waiting: number, setAside: number}>} How many rows are kept; open ones wait too. */
export async function counted() {
  return read(["records"], async (reading) => {
    const records = reading.objectStore("records");
    const setAside = await records.index("state").count("aside");
    return { waiting: (await records.count()) - setAside, setAside };
  });
}

/**
 * Take the next rows that wait, with the stamps on either side of them.
 * @param {{me: {device: string}, most: number, passed: Set<string>, full: boolean}} flight `passed`
 *   are ids to leave out this time; with a `full` disk no newer stamp can be had than is kept.
 * @returns {Promise<{items: object[], stamps: object, rows: Map<string, IDBValidKey>}>} `items` is
 *   empty where the next rows are newer than the newest stamp.
 */
export async function nextBatch({ me, most, passed, full }) {
  const { rows, newest, stamps } = await read(EVERYTHING, async (reading) => {
    const meta = reading.objectStore("meta");
    const waiting = reading.objectStore("records").index("state");
    return {
      rows: await waiting.getAll("waiting", most + passed.size),
      newest: await meta.get("stamp"),
      stamps: await meta.get("stamps"),
    };
  });
  const isDue = (row) => !passed.has(row.id) && (full || !(row.after >= newest));
  const due = rows.filter(isDue).slice(0, most);
  const needed = due.flatMap(({ after }) => [after, after + 1]).filter((each) => stamps[each]);
  return {
    items: due.map((row) => item(row, me.device, stamps)),
    stamps: Object.fromEntries(needed.map((each) => [each, stamps[each]])),
    rows: new Map(due.map((row) => [row.id, [row.device, row.sequence]])),
  };
}

/** @returns {Promise<boolean>} Whether rows wait that are not among those to leave out. */
export async function moreWait(passed) {
  const count = await read(["records"], (reading) =>
    reading.objectStore("records").index("state").count("waiting"));
  return count > passed.size;
}

/** Remove rows that the server has. Nothing is written, so that it works on a full disk too. */
export async function remove(keys) {
  await forget(keys);
  await write(["records"], async (changes) => {
    for (const key of keys) await changes.objectStore("records").delete(key);
  });
}

/** Set a row aside that the server will not have: it is kept, and sent no more. */
export async function setAside(key, reason) {
  await write(["records"], async (changes) => {
    const records = changes.objectStore("records");
    await records.put({ ...(await records.get(key)), state: "aside", reason });
  });
}

/**
 * Keep what a contact told: its stamp, the clock's offset, a new config.
 * @param {string} device Whose contact it was.
 * @param {{stamp: string, offset?: number, config?: object}} told
 */
export async function noteContact(device, { stamp, offset, config }) {
  await write(EVERYTHING, async (changes) => {
    const [meta, records] = EVERYTHING.map((name) => changes.objectStore(name));
    if ((await meta.get("enrolment")).device !== device) return; // enrolled anew meanwhile
    if (config) await meta.put(config, "config");
    if (offset !== undefined) await meta.put(offset, "offset");
    await keepStamp(meta, records, stamp);
  });
}

async function keepStamp(meta, records, stamp) {
  const newest = (await meta.get("stamp")) + 1;
  const known = { ...(await meta.get("stamps")), [newest]: stamp };
  const needed = new Set([newest]);
  let at = await records.index("after").openKeyCursor(null, "nextunique");
  for (; at; at = await at.continue()) needed.add(at.key).add(at.key + 1);
  const kept = Object.entries(known).filter(([number]) => needed.has(Number(number)));
  await meta.put(Object.fromEntries(kept), "stamps");
  await meta.put(newest, "stamp");
}

function item(row, device, stamps) {
  const earlier = row.device === device ? {} : { device: row.device };
  const { id, sequence, after, sealed } = row;
  const before = stamps[after + 1] ? after + 1 : null;
  return { id, sequence, after, before, sealed: spelt(sealed), ...earlier };
}
