package problem

// The variants about the form, the header and the key of a token. Its own unverified marks say what it looks like.
var (
	WordSent = TokenMalformed.variant("word", sent("Bearer undefined"),
		"A word such as undefined or null was sent in place of a token.",
		"The program had no token when it made the header: wait for the token response, and send its access_token.")
	SampleSent = TokenMalformed.variant("sample", sent("Bearer your_access_token"),
		"The text of an example was sent in place of a token.",
		"Put the access token that {issuer} issued in its place.")
	Opaque = TokenMalformed.variant("opaque", sent("Bearer 2YotnFZFEjr1zCsicMWpAA"),
		"The token has no dots: it is an opaque token, and this API accepts JWTs.",
		"Let the client ask the provider for a token for {audience} (audience, resource, or a scope of this API): without that, many providers issue opaque tokens. A refresh token or an authorization code is not accepted.")
	EncodedTwice = TokenMalformed.variant("base64", sent("Bearer ZXlKaGJHY2lPaUpGVXpJMU5pSjk="),
		"The token was encoded once more, with base64.",
		"Decode it where it is read, and send the result: the data of a Kubernetes secret, for one, is base64.")
	NotJWT = TokenMalformed.variant("not-a-jwt", sent("Bearer ya29.a0AfH6SMBx"),
		"The token is not a JWT: it does not begin with the header of one.",
		"Let the client ask the provider for a token for {audience} (audience, resource, or a scope of this API), and send its access_token.")
	FirstCut = TokenMalformed.variant("first-part", sent("Bearer eyJhbGciOiJFUzI1NiIsInR5"),
		"The token ends in its first part: it was cut off.",
		"Send the whole token. Check the variable, the column or the copy that it comes from: a JWT has two dots.")
	SecondCut = TokenMalformed.variant("second-part", sent("Bearer eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJo"),
		"The token ends in its second part: it was cut off.",
		"Send the whole token. Check the variable, the column or the copy that it comes from: a JWT has two dots.")
	PartsWrong = TokenMalformed.variant("parts", sent("Bearer {token}.e30"),
		"The token has another number of parts than the three of a JWT.",
		"Send one token, exactly as the provider issued it.")
	PartEmpty = TokenMalformed.variant("empty-part", sent("Bearer .e30.c2lnbmF0dXJl"),
		"The header or the claims of the token are empty.",
		"Send the token exactly as the provider issued it: three parts with a dot between them.")
	SignatureAbsent = TokenMalformed.variant("no-signature", tokenWith(`{"signature": "none"}`),
		"The token has no signature: it ends after its second dot.",
		"Send the whole token: its third part was cut off.")
	HeaderDamaged = TokenMalformed.variant("header", sent("Bearer a.e30.c2lnbmF0dXJl"),
		"The first part of the token is damaged: it is not base64url of a JSON object.",
		"Send the token exactly as the provider issued it. If it is no JWT, let the client ask for a token for {audience}.")
	ClaimsDamaged = TokenMalformed.variant("claims", sent("Bearer eyJhbGciOiJFUzI1NiJ9.a.c2lnbmF0dXJl"),
		"The second part of the token is damaged: it is not base64url of a JSON object.",
		"Send the token exactly as the provider issued it: it was cut or changed on the way.")
	SignatureDamaged = TokenMalformed.variant("signature", sent("Bearer {token}="),
		"The third part of the token, its signature, was cut off or is damaged: it is not base64url.",
		"Send the token exactly as the provider issued it: it was cut or changed on the way.")
	Extension = TokenMalformed.variant("extension", tokenWith(`{"header": {"crit": ["exp"]}}`),
		"The header of the token has crit, b64 or zip, which this API does not support.",
		"Let the provider sign access tokens without these extensions.").by(Provider)
	KeyInside = TokenMalformed.variant("own-key", tokenWith(`{"header": {"jku": "https://keys.example.com"}}`),
		"The header of the token has a key or its address (jwk, jku, x5u), which no access token needs.",
		"Let the provider sign access tokens with a kid alone. A DPoP proof or a client assertion is not an access token.").by(Provider)
	KeyIDInvalid = TokenMalformed.variant("kid", tokenWith(`{"header": {"kid": 5}}`),
		"The kid in the header of the token is not a string.",
		"Let the provider write kid as a string.").by(Provider)

	Encrypted = TokenEncrypted.variant("five-parts", sent("Bearer {token}.e30.e30"),
		"The token has five parts, as an encrypted one has, and this API accepts signed tokens of three.",
		"Let the client ask for {audience} as the audience: at Auth0 and others, the encrypted token is that for the provider itself. Otherwise switch off token encryption for this API at the provider. Two tokens that were pasted together have five parts as well.")

	Unsigned = AlgorithmNotAllowed.variant("unsigned", tokenWith(`{"header": {"alg": "none"}, "signature": "none"}`),
		"The token is not signed (alg none).",
		"Get a token from {issuer}, which signs it: an unsigned token can be written without a key, and is never accepted.").by(Client)
	SharedSecret = AlgorithmNotAllowed.variant("shared-secret", tokenWith(`{"header": {"alg": "HS256"}}`),
		"The token is signed with a shared secret ({algorithm}), which an API must not have.",
		"Get a token from {issuer}. If this is one, let the provider sign access tokens for this API with a key pair: an algorithm such as RS256 or ES256.")
	LooksRefresh = AlgorithmNotAllowed.variant("refresh", tokenWith(`{"header": {"alg": "HS512"}, "claims": {"typ": "Refresh"}}`),
		"The token looks like a refresh token, which its provider signs for itself ({algorithm}).",
		"Send the access_token of the token response. A refresh token is exchanged for one at {token_endpoint}, and sent nowhere else.").by(Client)
	LooksIDSecret = AlgorithmNotAllowed.variant("id-token", tokenWith(`{"header": {"alg": "HS256"}, "claims": {"nonce": "n-0S6", "at_hash": "x"}}`),
		"The token looks like an ID token, which is signed with the secret of its client ({algorithm}).",
		"Send the access_token of the token response, and not its id_token.").by(Client)
	KeyOtherAlgorithm = AlgorithmNotAllowed.variant("other-key", tokenWith(`{"header": {"alg": "RS256"}}`),
		"The token names {algorithm}, and the key of its kid is for another algorithm.",
		"Get a new token from {issuer}. If that is rejected as well, the provider writes an algorithm or a kid into the header that is not that of its key.")
	AlgorithmUnknown = AlgorithmNotAllowed.variant("unknown", tokenWith(`{"header": {"alg": "ES256K"}}`),
		"The algorithm of the token is not accepted: {algorithm}.",
		"Let the provider sign access tokens for this API with RS256, PS256, ES256 or EdDSA.")
	AlgorithmAbsent = AlgorithmNotAllowed.variant("absent", tokenWith(`{"header": {"alg": null}}`),
		"The header of the token names no algorithm.",
		"Send the token exactly as the provider issued it. A token names its algorithm in alg.")

	KeyNeverSeen = KeyUnknown.variant("never-seen", tokenWith(`{"key": "another"}`),
		"The token is signed with a key that {issuer} does not publish.",
		"Get a new token from {issuer}. The token of another environment, or one that was made by hand, has another key.")
	KeyWithdrawn = KeyUnknown.variant("withdrawn", while("the key of the token was replaced"),
		"The provider has withdrawn the key of the token since it was signed.",
		"Get a new token: the provider has replaced its keys, and tokens of the old one are no longer accepted.")
	KeyTooNew = KeyUnknown.variant("not-yet", while("many tokens with unknown keys arrive"),
		"The key of the token is not known yet, and it is too soon to fetch the keys again.",
		"Retry once after {wait} seconds. If the key is still unknown, get a new token from {issuer}.").by(Server)
	KeyDevelopment = KeyUnknown.variant("development", tokenWith(`{"key": "another", "header": {"kid": "dev-1"}}`),
		"The token is signed with a key of the development provider that is not its current one.",
		"Sign in again: the development provider was restarted, and makes a new key each time.")
	HeaderLong = KeyUnknown.variant("long-header", tokenWith(`{"header": {"kid": "{4000 characters}"}}`),
		"The header of the token is longer than 4 KiB, as if it had a key in it.",
		"Get a token from {issuer}, whose header has a kid.")

	SignatureCut = SignatureInvalid.variant("length", tokenWith(`{"signature": "short"}`),
		"The signature has another length than those of its key: the token was cut off or changed.",
		"Send the whole token, exactly as the provider issued it.")
	SignatureGraph = SignatureInvalid.variant("graph", tokenWith(`{"key": "forged", "header": {"nonce": "x"}}`),
		"The signature does not match the token, which looks like one for Microsoft Graph (nonce in its header).",
		"Let the client ask for a scope of this API in place of one of Microsoft Graph: only Graph can verify its tokens.")
	SignatureOther = SignatureInvalid.variant("mismatch", tokenWith(`{"key": "forged"}`),
		"The signature does not match the token.",
		"Get a new token from {issuer}. This one was changed after it was signed, is put together from two, or comes from another environment that uses the same kid.")

	IssuerOther = IssuerWrong.variant("other", tokenWith(`{"claims": {"iss": "https://staging.example.com"}}`),
		"The token is from another issuer than {issuer}.",
		"Get a token from {issuer}. Tokens of another environment or provider are not accepted.")
	IssuerTenant = IssuerWrong.variant("tenant", while("OIDC_ISSUER is that of a realm, and the token has that of another"),
		"The token is from another tenant, realm or authorization server of the provider than {issuer}.",
		"Get a token from {issuer}: the client asked another one, or is registered there.")
	IssuerSlash = IssuerWrong.variant("slash", tokenWith(`{"claims": {"iss": "{issuer}/"}}`),
		"The issuer of the token differs from {issuer} by a slash at the end.",
		"The operator of the API must set OIDC_ISSUER exactly as the provider writes it.").by(Operator)
	IssuerScheme = IssuerWrong.variant("scheme", tokenWith(`{"claims": {"iss": "{issuer, with the other scheme}"}}`),
		"The issuer of the token differs from {issuer} by http and https.",
		"The operator must give provider and API one address: set OIDC_ISSUER exactly as the provider writes it, or tell the provider that a proxy in front of it has https.").by(Operator)
	IssuerPort = IssuerWrong.variant("port", tokenWith(`{"claims": {"iss": "{issuer, with another port}"}}`),
		"The issuer of the token differs from {issuer} by the port.",
		"Get a token from {issuer}. If the provider is the same, its operator must give it one address, and set OIDC_ISSUER to that.").by(Operator)
	IssuerCase = IssuerWrong.variant("case", tokenWith(`{"claims": {"iss": "{issuer, in upper case}"}}`),
		"The issuer of the token differs from {issuer} by upper and lower case.",
		"The operator of the API must set OIDC_ISSUER exactly as the provider writes it.").by(Operator)
	IssuerLoopback = IssuerWrong.variant("loopback", tokenWith(`{"claims": {"iss": "{issuer, by another name}"}}`),
		"The issuer of the token has another local name than {issuer}, as of one machine (localhost, 127.0.0.1, the name of a container).",
		"Get the token by the name in {issuer}, or let the operator set OIDC_ISSUER to the name that the provider writes.").by(Operator)
	IssuerV1 = IssuerWrong.variant("entra-v1", tokenWith(`{"claims": {"iss": "https://sts.windows.net/8d7e6c1c/"}}`),
		"The token has an issuer of version 1 of Entra ID, and this API trusts {issuer}.",
		"Set requestedAccessTokenVersion to 2 in the manifest of this API at Entra ID. A token for Microsoft Graph is always of version 1: let the client ask for a scope of this API.").by(Provider)
	IssuerProfile = IssuerWrong.variant("profile", while("the provider is Descope, and TOKEN_PROFILE is jwt"),
		"The token has another issuer than {issuer} of a provider that this API is not set up to read.",
		"The operator of the API must set {settings}. The client sends the right token.").by(Operator)
	IssuerNoText = IssuerWrong.variant("not-a-text", tokenWith(`{"claims": {"iss": 5}}`),
		"The iss of the token is not a string.",
		"Get a token from {issuer}.").by(Provider)
)
