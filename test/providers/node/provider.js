// An oidc-provider with its forms for development, which ask for no password, and one protected resource (RFC 8707), which
// gets JWTs and, as api/opaque, opaque tokens.
import Provider from "oidc-provider";

const [port, api] = process.argv.slice(2);
const issuer = `http://localhost:${port}`;
const provider = new Provider(issuer, {
  clients: [
    {
      client_id: "spa",
      token_endpoint_auth_method: "none",
      redirect_uris: ["http://127.0.0.1/callback"],
      application_type: "native",
      grant_types: ["authorization_code", "refresh_token"],
    },
    {
      client_id: "service",
      client_secret: "service-secret",
      introspection_signed_response_alg: "RS256",
      redirect_uris: [],
      response_types: [],
      grant_types: ["client_credentials"],
    },
  ],
  scopes: ["openid", "offline_access", "items:read"],
  issueRefreshToken: () => true,
  features: {
    clientCredentials: { enabled: true },
    introspection: { enabled: true },
    jwtIntrospection: { enabled: true },
    resourceIndicators: {
      enabled: true,
      getResourceServerInfo: (_, resource) => ({
        audience: api,
        scope: "items:read",
        accessTokenFormat: resource === api ? "jwt" : "opaque",
      }),
      useGrantedResource: () => true,
    },
  },
  extraTokenClaims: (_, token) => (token.accountId === "alice" ? { roles: ["admin"] } : undefined),
});
provider.listen(Number(port), "localhost");
