package problem

// The variants about the Authorization header. What a request looks like may be sent to every caller.
var (
	HeaderAbsent = CredentialsMissing.variant("no-header", Cause{Anonymous: true},
		"The request has no Authorization header.",
		"Send the header Authorization: Bearer <access token>, with a token of {issuer}. If the client did, a redirect to another host or a proxy removed it. A token in the body is not read.")
	HeaderEmpty = CredentialsMissing.variant("empty-header", sent(""),
		"The Authorization header is empty.",
		"Send Authorization: Bearer <access token>. The program had neither when it made the header.")
	OnlyQuery = CredentialsMissing.variant("query", Cause{Line: "GET /me?access_token=...", Anonymous: true},
		"The token is in the query, and this API reads the Authorization header only.",
		"Send it as Authorization: Bearer <access token>. Get a new token first, because addresses are logged.")
	OtherHeader = CredentialsMissing.variant("another-header", Cause{Anonymous: true, Header: []string{"X-Access-Token: ..."}},
		"The token is in another header, and this API reads the Authorization header only.",
		"Rename the header to Authorization, and write Bearer and a space before the token. If a proxy wrote that header, it must pass Authorization on.")
	OnlyCookie = CredentialsMissing.variant("cookie", Cause{Anonymous: true, Header: []string{"Cookie: session=..."}},
		"The request has a cookie and no Authorization header, and this API reads no cookies.",
		"Send Authorization: Bearer <access token>. A web application with a session reads the token from it on its server, and sends that.")

	SchemeBasic = SchemeUnsupported.variant("basic", sent("Basic c2VydmljZTpzZWNyZXQ="),
		"The header has the scheme Basic, and this API accepts Bearer.",
		"Exchange the client id and secret for an access token at {token_endpoint}, and send that as Authorization: Bearer <access token>. A user signs in at the provider instead.")
	SchemeDPoP = SchemeUnsupported.variant("dpop", sent("DPoP {token}"),
		"The header has the scheme DPoP, and this API accepts Bearer.",
		"Let the client ask for a token without a DPoP proof, and send it as Authorization: Bearer <access token>.")
	SchemeAbsent = SchemeUnsupported.variant("token-alone", sent("{token}"),
		"The header has a token without a scheme before it.",
		"Write Bearer and a space before the token: Authorization: Bearer <access token>.")
	SchemeJoined = SchemeUnsupported.variant("no-space", sent("Bearer{token}"),
		"There is no space between Bearer and what follows it.",
		"Write one space after Bearer: Authorization: Bearer <access token>.")
	SchemeHeaderName = SchemeUnsupported.variant("header-name", sent("Authorization: Bearer {token}"),
		"The value of the header has the name Authorization in it.",
		"Leave the name out of the value: the value is Bearer <access token>.")
	SchemeWord = SchemeUnsupported.variant("one-word", sent("undefined"),
		"The header has one word, which is not a scheme of this API.",
		"If it is the token, write Bearer and a space before it. If it is a variable or undefined, the program had no token.")
	SchemeOther = SchemeUnsupported.variant("other", sent("Token {token}"),
		"The header has another scheme, and this API accepts Bearer.",
		"Send Bearer, one space and an access token of {issuer}, and nothing else.")

	TokenAbsent = CredentialsMalformed.variant("no-token", sent("Bearer"),
		"Nothing follows Bearer in the Authorization header.",
		"Send Authorization: Bearer <access token>. The variable for the token was empty.")
	Placeholder = CredentialsMalformed.variant("placeholder", sent("Bearer <access_token>"),
		"A placeholder was sent in place of the token.",
		"Replace it with the token. In a shell, a variable in single quotes is not replaced.")
	Bracketed = CredentialsMalformed.variant("brackets", sent("Bearer <{token}>"),
		"There are brackets or other signs around the token.",
		"Send the token without them: documentation writes brackets around what you replace.")
	Quoted = CredentialsMalformed.variant("quotes", sent(`Bearer "{token}"`),
		"There are quotes in the Authorization header.",
		"Send the token without quotes. In a script, jq -r prints a text without them.")
	Colon = CredentialsMalformed.variant("colon", sent("Bearer: {token}"),
		"There is a colon after Bearer.",
		"Write one space in its place: Authorization: Bearer <access token>.")
	NotSpaced = CredentialsMalformed.variant("not-a-space", sent("Bearer\t{token}"),
		"Bearer is followed by something other than a space.",
		"Write one space after Bearer: Authorization: Bearer <access token>.")
	Twice = CredentialsMalformed.variant("bearer-twice", sent("Bearer Bearer {token}"),
		"The word Bearer is there twice.",
		"Send it once. The variable of the token, or the library, has it already.")
	Joined = CredentialsMalformed.variant("joined", sent("Bearer {token}, Bearer {token}"),
		"There is a comma in the Authorization header: two values were joined.",
		"Send one token. Two parts of the client, or a proxy, each add the header.")
	LineBreak = CredentialsMalformed.variant("line-break", sent("Bearer {token}%0A"),
		"There is an encoded line break in the token.",
		"Remove the line break where the token is read: a file that was read whole ends with one.")
	PercentEncoded = CredentialsMalformed.variant("percent", sent("Bearer {token}%3D"),
		"The token is percent-encoded.",
		"Send it as the provider wrote it, and do not encode it for an address.")
	SpaceInside = CredentialsMalformed.variant("space", sent("Bearer {token} {token}"),
		"There is a space in the token or after it.",
		"Send the token in one piece. A copy from a terminal or a page has spaces where lines end.")
	ObjectSent = CredentialsMalformed.variant("object", sent("Bearer [object Object]"),
		"The program sent an object in place of the token.",
		"Wait for the token response, and send the text of its access_token.")
	ResponseSent = CredentialsMalformed.variant("json", sent(`Bearer {"access_token":"{token}"}`),
		"The program sent JSON in place of the token, as a whole token response is.",
		"Send the value of access_token alone.")
	ParameterSent = CredentialsMalformed.variant("parameter", sent("Bearer access_token={token}"),
		"There is a word or a sign before the token, as in access_token=.",
		"Send what follows it alone: Bearer, one space and the token.")
	NotASCII = CredentialsMalformed.variant("not-ascii", sent("Bearer \u00a0{token}"),
		"There is a character outside ASCII in the Authorization header, such as a no-break space, a curly quote, an ellipsis or a byte order mark.",
		"Type Bearer and the space anew, and copy the token alone from where it was issued. Such a character can be invisible: word processors, chats and files in UTF-8 with a mark have it.")
	OddCharacter = CredentialsMalformed.variant("character", sent("Bearer {token}#"),
		"There is a character in the Authorization header that neither Bearer nor a token has.",
		"Send the token exactly as the provider issued it: letters, digits, and - . _ ~ + / = at most.")

	HeaderRepeated = CredentialsMultiple.variant("headers", sent("Bearer {token}", "Bearer {token}"),
		"There are two Authorization headers.",
		"Send one. Two parts of the client, or a proxy, each add the header.")
	AlsoInQuery = CredentialsMultiple.variant("query", Cause{Line: "GET /me?access_token=..."},
		"The request has a token in the query (access_token), beside the Authorization header.",
		"Remove it from the query. Get a new token, because addresses are logged.")
	AlsoInForm = CredentialsMultiple.variant("form", Cause{Line: "POST /items", Header: []string{"Content-Type: application/x-www-form-urlencoded"}, Body: "access_token=..."},
		"The request has a token in the form of its body (access_token), beside the Authorization header.",
		"Remove it from the form.")

	OverSize = CredentialsTooLarge.variant("size", tokenWith(`{"claims": {"groups": "{9000 characters}"}}`),
		"The token has {size} bytes, and this API accepts {limit}.",
		"Ask for fewer scopes, or let the provider leave groups and roles out that this API does not need. The operator can set MAX_TOKEN_SIZE to 24KB at most.")
)
