package auth

// profiles has a row for every provider. What a row leaves out is as RFC 9068 has it: see the fields of row. The facts are
// from the documentation and the source of the providers; docs/providers.md has the settings.
var profiles = [...]row{
	{
		name: "rfc9068", authTime: true, exact: true, client: "client_id", scopes: "scope", roles: "roles", resource: true,
	},
	{
		name: "jwt", types: "JWT absent", answers: "token_type", scopes: "scope,scp", roles: "roles", missing: "jti", resource: true,
	},
	{
		name: "keycloak", authTime: true, at: "/realms/*", types: "JWT",
		roles:    "roles,realm_access.roles,resource_access.{audience}.roles",
		must:     "typ=Bearer,typ=DPoP,at+jwt",
		innocent: "nonce",
		machine:  "preferred_username=service-account-{client},clientHost",
		audience: "Add an audience mapper for {audience} to the client or to one of its client scopes at Keycloak.",
		subject:  "Add the client scope basic to the client, which has the mapper of sub.",
	},
	{
		name: "auth0", at: ".auth0.com", types: "JWT", missing: "jti",
		scopes: "scope,permissions", roles: "roles,{audience}/roles,{audience}roles",
		machine:  "sub={client}@clients",
		params:   "audience={audience}",
		audience: "Let the client send audience={audience}, the identifier of the API at Auth0, in its authorization or token request.",
	},
	{
		name: "okta", authTime: true, at: ".okta.com .oktapreview.com .okta-emea.com .okta-gov.com .okta.mil /oauth2/default /oauth2/aus*", types: "JWT absent",
		scopes: "scp,scope", roles: "roles,groups",
		audience: "Use a custom authorization server of Okta whose audience is {audience}: only Okta can verify the tokens of the org authorization server.",
	},
	{
		name: "entra", at: "login.microsoftonline. login.partner.microsoftonline.cn sts.windows.net sts.microsoftonline.us sts.chinacloudapi.cn login.windows.net .ciamlogin.com",
		types: "JWT", missing: "jti",
		scopes: "scp", appScope: "roles", marks: "azpacr,appidacr",
		machine:  "idtyp=app,oid={sub}",
		prefix:   "api://{audience}/",
		audience: "Let the client ask for a scope of this API, such as api://ID/NAME.",
	},
	{
		name: "b2c", at: ".b2clogin.com .b2clogin.cn", types: "JWT", missing: "jti",
		scopes: "scp", appScope: "roles", innocent: "nonce",
		machine:  "idtyp=app,oid={sub}",
		audience: "Let the client ask for a scope of this API, such as https://TENANT.onmicrosoft.com/API/NAME.",
	},
	{
		name: "cognito", authTime: true, at: "cognito-idp. issuer-cognito-idp.", types: "JWT absent", missing: "aud",
		roles: "cognito:groups,roles", must: "token_use=access",
		prefix: "{audience}/",
	},
	{
		name: "zitadel", at: ".zitadel.cloud", types: "JWT",
		scopes:  "scope,urn:zitadel:iam:org:project:roles,urn:zitadel:iam:org:project:{audience}:roles",
		roles:   "urn:zitadel:iam:org:project:roles,urn:zitadel:iam:org:project:{audience}:roles,roles",
		marks:   "jti",
		idMarks: "azp",
		answers: "iss aud sub",
	},
	{
		name: "authentik", authTime: true, at: "/application/o/*", types: "JWT", missing: "jti",
		roles: "roles,groups", innocent: "nonce", must: "scope,at+jwt",
	},
	{
		name: "authelia", answers: "iss token_type", scopes: "scp,scope", roles: "roles,groups",
		params: "audience={audience}",
	},
	{
		name: "dex", types: "JWT absent", missing: "jti", roles: "groups,roles", client: "azp,aud",
		explicit: "Dex's access tokens have the form of ID tokens: the ID tokens of these clients are accepted as well",
		needs:    "OIDC_CLIENTS", must: "at_hash", innocent: "at_hash nonce c_hash",
	},
	{
		name: "duende", authTime: true, types: "JWT", missing: "aud sub", answers: "token_type", roles: "role,roles", whole: true, must: "scope,at+jwt",
		audience: "Add an API resource named {audience}, and the scopes to it.",
	},
	{
		name: "openiddict", roles: "role,roles", whole: true,
	},
	{
		name: "spring", types: "JWT absent", missing: "client", client: "client_id,azp,aud", roles: "roles,authorities",
		must: "scope,at+jwt",
	},
	{
		name: "hydra", at: ".projects.oryapis.com", types: "JWT", scopes: "scp,scope", roles: "ext.roles,roles",
		params: "audience={audience}",
	},
	{
		name: "supabase", at: ".supabase.co .supabase.in /auth/v1", types: "JWT", missing: "client jti",
		scopes: "scope,app_metadata.permissions", roles: "app_metadata.roles,app_metadata.role,user_role",
		must: "session_id",
	},
	{
		name: "firebase", authTime: true, types: "JWT", missing: "client jti", scopes: "scope,scopes,permissions", roles: "roles,role",
		explicit: "Firebase has ID tokens alone, which its apps send: they are accepted",
		must:     "firebase",
	},
	{
		name: "clerk", at: ".clerk.accounts.dev clerk.", types: "JWT", missing: "aud client jti",
		roles: "roles,o.rol,org_role", scopes: "scope,permissions,org_permissions",
	},
	{
		name: "kinde", at: ".kinde.com", types: "JWT", missing: "sub jti",
		scopes: "scope,scp,permissions", roles: "roles", machine: "gty=client_credentials",
		params: "audience={audience}",
	},
	{
		name: "workos", at: "/user_management/*", types: "JWT absent", missing: "aud jti", client: "client_id,azp,iss",
		scopes: "scope,permissions", roles: "roles,role",
	},
	{
		name: "stytch", at: ".stytch.com .stytch.dev", types: "JWT", missing: "client jti",
		scopes: "scope,permissions", roles: "roles,https://stytch.com/session.roles",
		marks: "https://stytch.com/session", issuers: "stytch.com/{audience}", machine: "sub=m2m-client-*",
	},
	{
		name: "descope", at: ".descope.com", types: "JWT", missing: "client jti",
		scopes: "scope,permissions", roles: "roles", must: "drn=DS", issuers: "{last}",
	},
	{
		name: "logto", at: ".logto.app", roles: "roles", params: "resource={audience}",
	},
	{
		name: "ping", authTime: true, at: "auth.pingone.", types: "JWT absent", missing: "sub iat jti", roles: "roles,groups", must: "scope,at+jwt",
	},
	{
		name: "fusionauth", authTime: true, at: ".fusionauth.io", types: "JWT", client: "client_id,azp,applicationId,aud", roles: "roles", must: "scope,at+jwt",
	},
	{
		name: "adfs", at: "/adfs", types: "JWT", missing: "jti sub",
		scopes: "scp,scope", roles: "role,roles,groups", whole: true,
		issuers: "{access_token_issuer}", params: "resource={audience}",
	},
	{
		name: "casdoor", types: "JWT", roles: "roles,groups", innocent: "nonce", must: "tokenType=access-token",
	},
	{
		name: "wso2", at: ".asgardeo.io /oauth2/token", types: "JWT", roles: "roles,groups,application_roles", must: "scope,at+jwt",
		machine: "aut=APPLICATION",
	},
	{
		name: "github", at: "token.actions. /_services/token", types: "JWT", missing: "client", roles: "roles", scopes: "scope",
		must: "repository", machine: "sub", needs: "REQUIRED_CLAIMS",
	},
	{
		name: "gitlab", at: "gitlab.com", types: "JWT", missing: "client", roles: "roles", scopes: "scope",
		must: "pipeline_id", machine: "sub", needs: "REQUIRED_CLAIMS",
	},
	{
		name: "kubernetes", at: "kubernetes.default.svc kubernetes.default.svc.cluster.local oidc.eks. container.googleapis.com .oic.prod-aks.azure.com",
		types: "JWT absent", missing: "client jti", roles: "roles", scopes: "scope", must: "kubernetes.io", machine: "sub",
	},
	{
		name: "oidc-provider", exact: true, client: "client_id", scopes: "scope", roles: "roles", resource: true, answers: "sub",
	},
	{
		name: "django", missing: "aud", answers: "iss aud sub token_type", byUsername: true, scopes: "scope", roles: "roles,groups",
		opaque: "Django OAuth Toolkit's access tokens are opaque, which INTROSPECTION=opaque accepts. Its answers name users by their username, which must never be given to another user",
	},
	{
		name: "rfc7662", missing: "aud", answers: "iss aud", scopes: "scope,scp", roles: "roles",
		opaque: "the profile rfc7662 is for opaque tokens alone, which INTROSPECTION=opaque accepts",
	},
	{
		name: "google", at: "accounts.google.com",
		opaque: "Google's access tokens are opaque, and its ID tokens are for clients: no token of Google is accepted. Let users sign in with Firebase (TOKEN_PROFILE=firebase) or with a provider that federates Google, such as Keycloak or Auth0",
	},
}
