// What the server told of this desk, as it was when the present citizen came.
import { enrolment } from "./store.js";

let config = null;

/** Take up what was told since; between two citizens, never under one. */
export async function takeUp() {
  const known = await enrolment();
  config = known?.config ?? config;
  return known;
}

/** @returns {object} The config (docs/tablet.md). */
export function enrolledConfig() {
  return config;
}
