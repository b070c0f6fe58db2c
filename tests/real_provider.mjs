// A provider of identities on this machine: the package that others run, with people of a test.
// Its set-up is the first argument; it listens on a free port and prints its address. A line of
// JSON on its input changes who signs on next and what people are like, or its keys.
import { generateKeyPairSync } from "node:crypto";
import { createServer } from "node:http";
import { createInterface } from "node:readline";
import Provider from "oidc-provider";

const set = JSON.parse(process.argv[2]);
const told = { people: {}, login: {} };
let keys = 0;

function newKey() {
  const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  keys += 1;
  return { ...privateKey.export({ format: "jwk" }), kid: `kunci-${keys}`, use: "sig", alg: "ES256" };
}

// Whoever it was told signs on agrees to everything, and gets the page of the way back at once.
async function granted(context) {
  const { client, provider, session } = context.oidc;
  const grant = new provider.Grant({ clientId: client.clientId, accountId: session.accountId });
  grant.addOIDCScope("openid email profile");
  await grant.save();
  return grant;
}

function made(issuer) {
  const provider = new Provider(issuer, {
    claims: { openid: ["sub", "acr", "amr"], email: ["email", "email_verified"], profile: ["name", "groups"] },
    clients: [{
      client_id: set.client,
      client_secret: set.secret,
      redirect_uris: [set.back],
      post_logout_redirect_uris: [set.out],
      id_token_signed_response_alg: "ES256",
    }],
    conformIdTokenClaims: false,
    cookies: { keys: ["kue-untuk-tes"] },
    features: { devInteractions: { enabled: false }, rpInitiatedLogout: { enabled: true } },
    findAccount: (_context, id) => ({ accountId: id, claims: () => ({ sub: id, ...told.people[id] }) }),
    jwks: { keys: [newKey()] },
    loadExistingGrant: granted,
    pkce: { required: () => true },
  });
  const callback = provider.callback();
  return (request, response) => {
    if (request.url.startsWith("/interaction/")) {
      return provider.interactionFinished(request, response, { login: told.login });
    }
    return callback(request, response);
  };
}

let handler;
const server = createServer((request, response) => handler(request, response));
server.listen(0, "127.0.0.1", () => {
  const issuer = `http://127.0.0.1:${server.address().port}`;
  handler = made(issuer);
  createInterface({ input: process.stdin }).on("line", (line) => {
    const { rotate, ...changed } = JSON.parse(line);
    Object.assign(told, changed);
    if (rotate) handler = made(issuer);
    process.stdout.write("ok\n");
  }).on("close", () => process.exit(0));
  process.stdout.write(`${issuer}\n`);
});
