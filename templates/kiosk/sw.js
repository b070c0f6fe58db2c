// Keeps the tablet's app on the tablet: its page and all it needs, whole or not at all.
const VERSION = {{ version | tojson }};
const SHELL = {{ start | tojson }};
const ASSETS = {{ assets | tojson }};

const APP = `nilai-app-${VERSION}`;
const ACCENTS = "nilai-accents"; // an accent's address holds its colour: it is never another
const SAME = { ignoreVary: true };

self.addEventListener("install", (event) => {
  event.waitUntil(keepTheApp());
});

self.addEventListener("activate", (event) => {
  event.waitUntil(dropOlderApps().then(() => self.clients.claim()));
});

// The page says when no citizen is at the screen.
self.addEventListener("message", (event) => {
  if (event.data === "take over") self.skipWaiting();
});

self.addEventListener("fetch", (event) => {
  const address = new URL(event.request.url);
  if (event.request.method !== "GET" || address.origin !== self.location.origin) return;
  if (address.pathname === SHELL) event.respondWith(kept(SHELL));
  else if (ASSETS.includes(address.pathname)) event.respondWith(kept(address.pathname));
  else if (address.pathname.includes("/warna/")) event.respondWith(accent(event.request));
  // Everything else, above all the server's answers, is asked for anew each time.
});

async function keepTheApp() {
  const app = await caches.open(APP);
  await app.addAll([new Request(SHELL, { cache: "reload", credentials: "omit" }), ...ASSETS]);
}

async function dropOlderApps() {
  const names = await caches.keys();
  const older = names.filter((name) => name.startsWith("nilai-app-") && name !== APP);
  await Promise.all(older.map((name) => caches.delete(name)));
}

async function kept(address) {
  const app = await caches.open(APP);
  return (await app.match(address, SAME)) ?? fetch(address);
}

async function accent(request) {
  const accents = await caches.open(ACCENTS);
  const found = await accents.match(request, SAME);
  if (found) return found;
  const answer = await fetch(request);
  if (answer.status === 200) await accents.put(request, answer.clone());
  return answer;
}
