// A real identity provider: the package oidc-provider, over TLS, with a sign-in page of its own and people who are
// written down here. It demands PKCE and knows one client.
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { createServer } from 'node:https';
import Provider from 'oidc-provider';

const PAGE = (uid) => `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Norrvik ID</title></head>
<body><main><h1>Norrvik ID</h1><form method="post" action="/interaction/${uid}"><label>Name
<input name="login" autofocus></label> <button>Go on</button></form></main></body></html>`;

export class IdentityProvider {
  // `tls` is the certificate chain and its key, `people` what is claimed about each, by name.
  static async start(tls, people) {
    const self = new IdentityProvider();
    self.people = people;
    self.signIns = 0;
    self.secret = randomBytes(24).toString('base64url');
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    self.key = { ...privateKey.export({ format: 'jwk' }), kid: 'e2e', use: 'sig', alg: 'RS256' };
    self.server = createServer({ cert: tls.certificate, key: tls.key }, (request, response) => {
      self.#answer(request, response).catch((error) => {
        response.statusCode = 500;
        response.end(String(error));
      });
    });
    await new Promise((done) => { self.server.listen(0, '127.0.0.1', done); });
    self.issuer = `https://127.0.0.1:${self.server.address().port}`;
    self.register('https://127.0.0.1/unknown');
    return self;
  }

  // The address of its client is known once the console has it.
  register(redirect) {
    this.provider = new Provider(this.issuer, {
      clients: [{
        client_id: 'tillsyn', client_secret: this.secret, redirect_uris: [redirect], require_auth_time: true,
      }],
      claims: { openid: ['sub'], profile: ['name', 'groups'], email: ['email', 'email_verified'] },
      cookies: { keys: [randomBytes(16).toString('hex')] },
      features: { devInteractions: { enabled: false } },
      findAccount: (_, id) => ({ accountId: id, claims: () => ({ sub: id, ...this.people[id] }) }),
      interactions: { url: (_, interaction) => `/interaction/${interaction.uid}` },
      jwks: { keys: [this.key] },
      // Nobody is asked whether the console may know their name.
      loadExistingGrant: async (context) => {
        const { provider, client, session } = context.oidc;
        const grant = new provider.Grant({ clientId: client.clientId, accountId: session.accountId });
        grant.addOIDCScope('openid email profile');
        await grant.save();
        return grant;
      },
      pkce: { methods: ['S256'], required: () => true },
    });
  }

  async stop() {
    this.server.closeAllConnections();
    await new Promise((done) => { this.server.close(done); });
  }

  async #answer(request, response) {
    if (!request.url.startsWith('/interaction/')) {
      await this.provider.callback()(request, response);
      return;
    }
    const { uid } = await this.provider.interactionDetails(request, response);
    if (request.method !== 'POST') {
      response.setHeader('content-type', 'text/html; charset=utf-8');
      response.end(PAGE(uid));
      return;
    }
    let body = '';
    for await (const chunk of request) body += chunk;
    const accountId = new URLSearchParams(body).get('login');
    this.signIns += 1;
    await this.provider.interactionFinished(request, response, { login: { accountId } });
  }
}
