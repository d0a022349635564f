package problem

// The variants about the form, the header and the key of a token. Its own unverified marks say what it looks like.
var (
	WordSent = TokenMalformed.variant("word",
		"A word such as undefined or null was sent in place of a token.",
		"The program had no token when it made the header: wait for the token response, and send its access_token.",
		sent("Bearer undefined"))
	SampleSent = TokenMalformed.variant("sample",
		"The text of an example was sent in place of a token.",
		"Put the access token that {issuer} issued in its place.",
		sent("Bearer your_access_token"))
	Opaque = TokenMalformed.variant("opaque",
		"The token has no dots: it is an opaque token, and this API accepts JWTs.",
		"Let the client ask the provider for a token for {audience} (audience, resource, or a scope of this API): without that, many providers issue opaque tokens. A refresh token or an authorization code is not accepted.",
		sent("Bearer 2YotnFZFEjr1zCsicMWpAA"))
	NotJWT = TokenMalformed.variant("not-a-jwt",
		"The token is not a JWT: it does not begin with the header of one.",
		"Let the client ask the provider for a token for {audience} (audience, resource, or a scope of this API), and send its access_token.",
		sent("Bearer ya29.a0AfH6SMBx"))
	FirstCut = TokenMalformed.variant("first-part",
		"The token ends in its first part: it was cut off.",
		"Send the whole token. Check the variable, the column or the copy that it comes from: a JWT has two dots.",
		sent("Bearer eyJhbGciOiJFUzI1NiIsInR5"))
	SecondCut = TokenMalformed.variant("second-part",
		"The token ends in its second part: it was cut off.",
		"Send the whole token. Check the variable, the column or the copy that it comes from: a JWT has two dots.",
		sent("Bearer eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJo"))
	PartsWrong = TokenMalformed.variant("parts",
		"The token has another number of parts than the three of a JWT.",
		"Send one token, exactly as the provider issued it.",
		sent("Bearer {token}.e30"))
	PartEmpty = TokenMalformed.variant("empty-part",
		"The header or the claims of the token are empty.",
		"Send the token exactly as the provider issued it: three parts with a dot between them.",
		sent("Bearer .e30.c2lnbmF0dXJl"))
	SignatureAbsent = TokenMalformed.variant("no-signature",
		"The token has no signature: it ends after its second dot.",
		"Send the whole token: its third part was cut off.",
		tokenWith(`{"signature": "none"}`))
	HeaderDamaged = TokenMalformed.variant("header",
		"The first part of the token is damaged: it is not base64url of a JSON object.",
		"Send the token exactly as the provider issued it. If it is no JWT, let the client ask for a token for {audience}.",
		sent("Bearer a.e30.c2lnbmF0dXJl"))
	ClaimsDamaged = TokenMalformed.variant("claims",
		"The second part of the token is damaged: it is not base64url of a JSON object.",
		"Send the token exactly as the provider issued it: it was cut or changed on the way.",
		sent("Bearer eyJhbGciOiJFUzI1NiJ9.a.c2lnbmF0dXJl"))
	SignatureDamaged = TokenMalformed.variant("signature",
		"The third part of the token, its signature, was cut off or is damaged: it is not base64url.",
		"Send the token exactly as the provider issued it: it was cut or changed on the way.",
		sent("Bearer {token}="))
	Extension = TokenMalformed.variant("extension",
		"The header of the token has crit, b64 or zip, which this API does not support.",
		"Let the provider sign access tokens without these extensions.",
		tokenWith(`{"header": {"crit": ["exp"]}}`)).by(Provider)
	KeyInside = TokenMalformed.variant("own-key",
		"The header of the token has a key or its address (jwk, jku, x5u), which no access token needs.",
		"Let the provider sign access tokens with a kid alone. A DPoP proof or a client assertion is not an access token.",
		tokenWith(`{"header": {"jku": "https://keys.example.com"}}`)).by(Provider)
	KeyIDInvalid = TokenMalformed.variant("kid",
		"The kid in the header of the token is not a string.",
		"Let the provider write kid as a string.",
		tokenWith(`{"header": {"kid": 5}}`)).by(Provider)

	Encrypted = TokenEncrypted.variant("five-parts",
		"The token is encrypted: it has five parts, and this API accepts signed tokens of three.",
		"Let the client ask for {audience} as the audience: at Auth0 and others, the encrypted token is that for the provider itself. Otherwise switch off token encryption for this API at the provider.",
		sent("Bearer {token}.e30.e30"))

	Unsigned = AlgorithmNotAllowed.variant("unsigned",
		"The token is not signed (alg none).",
		"Get a token from {issuer}, which signs it: an unsigned token can be written without a key, and is never accepted.",
		tokenWith(`{"header": {"alg": "none"}, "signature": "none"}`)).by(Client)
	SharedSecret = AlgorithmNotAllowed.variant("shared-secret",
		"The token is signed with a shared secret ({algorithm}), which an API must not have.",
		"Let the provider sign access tokens for this API with a key pair: an algorithm such as RS256 or ES256.",
		tokenWith(`{"header": {"alg": "HS256"}}`))
	LooksRefresh = AlgorithmNotAllowed.variant("refresh",
		"The token looks like a refresh token, which its provider signs for itself ({algorithm}).",
		"Send the access_token of the token response. A refresh token is exchanged for one at {token_endpoint}, and sent nowhere else.",
		tokenWith(`{"header": {"alg": "HS512"}, "claims": {"typ": "Refresh"}}`)).by(Client)
	LooksIDSecret = AlgorithmNotAllowed.variant("id-token",
		"The token looks like an ID token, which is signed with the secret of its client ({algorithm}).",
		"Send the access_token of the token response, and not its id_token.",
		tokenWith(`{"header": {"alg": "HS256"}, "claims": {"nonce": "n-0S6", "at_hash": "x"}}`)).by(Client)
	KeyOtherAlgorithm = AlgorithmNotAllowed.variant("other-key",
		"The token names {algorithm}, and the key of its kid is for another algorithm.",
		"Get a new token from {issuer}. If that is rejected as well, the provider writes an algorithm or a kid into the header that is not that of its key.",
		tokenWith(`{"header": {"alg": "RS256"}}`))
	AlgorithmUnknown = AlgorithmNotAllowed.variant("unknown",
		"The algorithm of the token is not accepted: {algorithm}.",
		"Let the provider sign access tokens for this API with RS256, PS256, ES256 or EdDSA.",
		tokenWith(`{"header": {"alg": "ES256K"}}`))
	AlgorithmAbsent = AlgorithmNotAllowed.variant("absent",
		"The header of the token names no algorithm.",
		"Send the token exactly as the provider issued it. A token names its algorithm in alg.",
		tokenWith(`{"header": {"alg": null}}`))

	KeyNeverSeen = KeyUnknown.variant("never-seen",
		"The token is signed with a key that {issuer} does not publish.",
		"Get a new token from {issuer}. The token of another environment, or one that was made by hand, has another key.",
		tokenWith(`{"key": "another"}`))
	KeyWithdrawn = KeyUnknown.variant("withdrawn",
		"The provider has withdrawn the key of the token since it was signed.",
		"Get a new token: the provider has replaced its keys, and tokens of the old one are no longer accepted.",
		while("the key of the token was replaced"))
	KeyTooNew = KeyUnknown.variant("not-yet",
		"The key of the token is not known yet, and it is too soon to fetch the keys again.",
		"Retry once after {wait} seconds. If the key is still unknown, get a new token from {issuer}.",
		while("many tokens with unknown keys arrive")).by(Server)
	KeyDevelopment = KeyUnknown.variant("development",
		"The token is signed with a key of the development provider that is not its current one.",
		"Sign in again: the development provider was restarted, and makes a new key each time.",
		tokenWith(`{"key": "another", "header": {"kid": "dev-1"}}`))
	HeaderLong = KeyUnknown.variant("long-header",
		"The header of the token is longer than 4 KiB, as if it had a key in it.",
		"Get a token from {issuer}, whose header has a kid.",
		tokenWith(`{"header": {"kid": "{4000 characters}"}}`))

	SignatureCut = SignatureInvalid.variant("length",
		"The signature has another length than those of its key: the token was cut off or changed.",
		"Send the whole token, exactly as the provider issued it.",
		tokenWith(`{"signature": "short"}`))
	SignatureGraph = SignatureInvalid.variant("graph",
		"The signature does not match the token, which looks like one for Microsoft Graph (nonce in its header).",
		"Let the client ask for a scope of this API in place of one of Microsoft Graph: only Graph can verify its tokens.",
		tokenWith(`{"key": "forged", "header": {"nonce": "x"}}`))
	SignatureOther = SignatureInvalid.variant("mismatch",
		"The signature does not match the token.",
		"Get a new token from {issuer}. This one was changed after it was signed, is put together from two, or comes from another environment that uses the same kid.",
		tokenWith(`{"key": "forged"}`))

	IssuerOther = IssuerWrong.variant("other",
		"The token is from another issuer than {issuer}.",
		"Get a token from {issuer}. Tokens of another environment or provider are not accepted.",
		tokenWith(`{"claims": {"iss": "https://staging.example.com"}}`))
	IssuerTenant = IssuerWrong.variant("tenant",
		"The token is from another tenant or realm of the provider than {issuer}.",
		"Get a token from {issuer}: the client is registered in another tenant or realm.",
		while("OIDC_ISSUER is that of a realm, and the token has that of another"))
	IssuerSlash = IssuerWrong.variant("slash",
		"The issuer of the token differs from {issuer} by a slash at the end.",
		"The operator of the API must set OIDC_ISSUER exactly as the provider writes it.",
		tokenWith(`{"claims": {"iss": "{issuer}/"}}`)).by(Operator)
	IssuerScheme = IssuerWrong.variant("scheme",
		"The issuer of the token differs from {issuer} by http and https.",
		"The operator must give provider and API one address: set OIDC_ISSUER exactly as the provider writes it, or tell the provider that a proxy in front of it has https.",
		tokenWith(`{"claims": {"iss": "{issuer, with the other scheme}"}}`)).by(Operator)
	IssuerPort = IssuerWrong.variant("port",
		"The issuer of the token differs from {issuer} by the port.",
		"Get a token from {issuer}. If the provider is the same, its operator must give it one address, and set OIDC_ISSUER to that.",
		tokenWith(`{"claims": {"iss": "{issuer, with another port}"}}`)).by(Operator)
	IssuerCase = IssuerWrong.variant("case",
		"The issuer of the token differs from {issuer} by upper and lower case.",
		"The operator of the API must set OIDC_ISSUER exactly as the provider writes it.",
		tokenWith(`{"claims": {"iss": "{issuer, in upper case}"}}`)).by(Operator)
	IssuerLoopback = IssuerWrong.variant("loopback",
		"The issuer of the token has another name for the same machine than {issuer} (localhost, 127.0.0.1).",
		"Get the token by the name in {issuer}, or let the operator set OIDC_ISSUER to the name that the provider writes.",
		tokenWith(`{"claims": {"iss": "{issuer, by another name}"}}`)).by(Operator)
	IssuerV1 = IssuerWrong.variant("entra-v1",
		"The token has an issuer of version 1 of Entra ID, and this API trusts {issuer}.",
		"Set requestedAccessTokenVersion to 2 in the manifest of this API at Entra ID. A token for Microsoft Graph is always of version 1: let the client ask for a scope of this API.",
		tokenWith(`{"claims": {"iss": "https://sts.windows.net/8d7e6c1c/"}}`)).by(Provider)
	IssuerProfile = IssuerWrong.variant("profile",
		"The token has another issuer than {issuer} of a provider that this API is not set up to read.",
		"The operator of the API must set {settings}. The client sends the right token.",
		while("the provider is Descope, and TOKEN_PROFILE is jwt")).by(Operator)
	IssuerNoText = IssuerWrong.variant("not-a-text",
		"The iss of the token is not a string.",
		"Get a token from {issuer}.",
		tokenWith(`{"claims": {"iss": 5}}`)).by(Provider)
)
