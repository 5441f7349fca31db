// A certified OpenID Connect provider (npm oidc-provider) for the tests, told everything by one JSON argument:
// {port, client, accounts: [{sub, nip, roles}], idTokenClaims, silent, refresh}. It prints "ready" when it listens.
// `silent`: no acr ever and auth_time 0, as some real providers answer.
import http from "node:http";
import Provider from "oidc-provider";

const told = JSON.parse(process.argv[2]);
const issuer = `http://127.0.0.1:${told.port}`;
const accounts = new Map(told.accounts.map((a) => [a.sub, a]));
const claims = (a) => ({ sub: a.sub, name: a.name, nip: a.nip, realm_access: { roles: a.roles } });

const provider = new Provider(issuer, {
  clients: [told.client],
  acrValues: ["password", "otp"],
  // RP-Initiated Logout 1.0, 2: POST must be taken as well; this provider wants to be told.
  enableHttpPostMethods: true,
  cookies: { keys: ["a key for the cookies of tests"], long: { sameSite: "none" } },
  claims: { openid: ["sub", "acr", "amr"], profile: ["name", "nip", "realm_access"] },
  conformIdTokenClaims: !told.idTokenClaims,
  // As Keycloak does: a refresh token without offline access, which ends with the session.
  issueRefreshToken: (ctx, client, code) =>
    client.grantTypeAllowed("refresh_token") && (told.refresh || code.scopes.has("offline_access")),
  rotateRefreshToken: true,
  clientDefaults: { require_auth_time: !told.silent },
  clockTolerance: 5,
  features: {
    devInteractions: { enabled: false },
    backchannelLogout: { enabled: true },
    rpInitiatedLogout: { enabled: true },
  },
  // Its guard keeps requests away from loopback addresses, where the tests are.
  fetch: (url, { dispatcher, ...options }) => fetch(url, options),
  findAccount: (ctx, sub) => accounts.has(sub) && { accountId: sub, claims: () => claims(accounts.get(sub)) },
  interactions: { url: (ctx, { uid }) => `/interaction/${uid}` },
  async loadExistingGrant(ctx) {
    const { client, session } = ctx.oidc;
    const known = session.grantIdFor(client.clientId);
    if (known) return ctx.oidc.provider.Grant.find(known);
    const grant = new ctx.oidc.provider.Grant({ clientId: client.clientId, accountId: session.accountId });
    grant.addOIDCScope("openid profile email offline_access");
    await grant.save();
    return grant;
  },
});

const page = (uid) => `<!doctype html><form method="post" action="/interaction/${uid}">
<input type="hidden" name="acr" value="password"><button name="deny" value="yes">no</button>
${[...accounts.keys()].map((sub) => `<button name="sub" value="${sub}">${sub}</button>`).join("\n")}</form>`;

const body = async (request) => {
  let text = "";
  for await (const part of request) text += part;
  return new URLSearchParams(text);
};

async function interact(request, response) {
  const { uid, params } = await provider.interactionDetails(request, response);
  if (request.method === "GET") {
    response.setHeader("content-type", "text/html; charset=utf-8");
    return response.end(page(uid));
  }
  const form = await body(request);
  const acr = form.get("acr");
  // A first sign-in happened a while ago, so that a step-up within the same second is told from it.
  const ts = Math.floor(Date.now() / 1000) - (params.prompt === "login" ? 0 : 30);
  const login = { accountId: form.get("sub"), ...(told.silent ? { ts: 0 } : { ts, acr, amr: acr === "otp" ? ["pwd", "otp"] : ["pwd"] }) };
  const result = form.get("deny") ? { error: "access_denied" } : { login };
  return provider.interactionFinished(request, response, result, { mergeWithLastSubmission: false });
}

const serve = provider.callback();
http
  .createServer((request, response) => {
    if (!request.url.startsWith("/interaction/")) return serve(request, response);
    return interact(request, response).catch((error) => {
      response.statusCode = 400;
      response.end(String(error));
    });
  })
  .listen(told.port, "127.0.0.1", () => console.log("ready"));
process.stdin.resume();
process.stdin.on("end", () => process.exit(0));
