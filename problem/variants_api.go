package problem

// The variants of the API's own types.
var (
	RouteAbsent = NotFound.variant("path", Cause{Line: "GET /v1/me"},
		"This API has no such path.",
		"Compare the path with the documentation: /openapi.json has all of them. A version or a prefix may be wrong.")
	SlashAtEnd = NotFound.variant("slash", Cause{Line: "GET /me/"},
		"The path ends with a slash, and this API has no such path.",
		"Leave the slash at the end out.")
	RowAbsent = NotFound.variant("row", Cause{Line: "GET /items/0198a3c2-7f55-7cc3-8d1b-5f0e2a9b4c6d", Token: `{"claims": {"scope": "items:read"}}`},
		"There is nothing with this id that belongs to the caller.",
		"Check the id, and the user of the token: what belongs to another caller returns the same response.")

	MethodOther = MethodNotAllowed.variant("method", Cause{Line: "DELETE /me"},
		"This path supports {methods}.",
		"Use one of {methods}, or the path of the operation that you mean.")
	RateReached = RateLimited.variant("wait", while("RATE_LIMIT is reached"),
		"The caller sent too many requests. The next one is accepted in {wait} seconds.",
		"Wait {wait} seconds, and send fewer requests from then on: RateLimit-Policy has the limit, and RateLimit what is left of it.")
	MethodCase = MethodNotImplemented.variant("case", Cause{Line: "get /me"},
		"Names of methods are upper case, and this one is not.",
		"Write the method in upper case: PATCH, and not patch.")

	BodyEmpty = BodyMalformed.variant("empty", postJSON(""),
		"The body is empty, and this operation requires JSON.",
		"Send the JSON object that the documentation of the operation shows. A redirect or a missing -d loses the body.")
	BodyForm = BodyMalformed.variant("form", postJSON("name=a"),
		"The body is a form or XML, and this operation requires JSON.",
		"Send JSON: {\"name\": \"a\"}, and not name=a.")
	BodyCut = BodyMalformed.variant("truncated", postJSON(`{"name":"a`),
		"The body ends before its JSON does.",
		"Send the whole text. Check quotes and braces: a shell takes quotes off a text that is not in single quotes.")
	BodyQuotes = BodyMalformed.variant("single-quotes", postJSON(`{'name':'a'}`),
		"The body has names or texts that are not in double quotes.",
		"Write names and texts in double quotes. In a shell, put the whole body in single quotes; in cmd.exe, escape the double quotes.")
	BodyComma = BodyMalformed.variant("comma", postJSON(`{"name":"a",}`),
		"There is a comma before the end of an object or a list in the body.",
		"Remove the comma after the last member.")
	BodyTwice = BodyMalformed.variant("repeated", postJSON(`{"name":"a","name":"b"}`),
		"A member of the body is there twice.",
		"Send each member once: errors points to it.")
	BodyMark = BodyMalformed.variant("byte-order-mark", postJSON("\ufeff{\"name\":\"a\"}"),
		"The body begins with a byte order mark.",
		"Save the file as UTF-8 without one: UTF-16 is not JSON either.")
	BodyMore = BodyMalformed.variant("more", postJSON(`{"name":"a"}{}`),
		"There is more text after the JSON value of the body.",
		"Send one JSON value, and nothing after it.")

	TypeRoot = MemberTypeWrong.variant("not-an-object", postJSON(`[]`),
		"The body is not a JSON object.",
		"Send one object, as the documentation of the operation shows: a list or a text is not accepted. A body that was encoded twice is a text.")
	TypeNull = MemberTypeWrong.variant("null", postJSON(`{"name":null}`),
		"A member of the body is null, and its type has no null.",
		"Leave the member out, or send a value: errors points to it.")

	QueryMalformed = ParameterInvalid.variant("query", Cause{Line: "GET /items?limit=%", Token: readToken},
		"The query is not well formed.",
		"Percent-encode the values of the query: a % is %25, and a semicolon %3B.")
	ParameterUnknown = ParameterInvalid.variant("unknown", Cause{Line: "GET /items?page=2", Token: readToken},
		"The query has a parameter that this operation does not know.",
		"Leave it out, or correct its name: errors names it. Names are case-sensitive.")
	ParameterTwice = ParameterInvalid.variant("repeated", Cause{Line: "GET /items?limit=1&limit=2", Token: readToken},
		"A parameter of the query is there twice.",
		"Send it once: errors names it.")
	LimitOutside = ParameterInvalid.variant("limit", Cause{Line: "GET /items?limit=0", Token: readToken},
		"The parameter limit is not a whole number in its range.",
		"Send a number in the range that errors names, or leave it out.")
	CursorInvalid = ParameterInvalid.variant("cursor", Cause{Line: "GET /items?cursor=x", Token: readToken},
		"The parameter cursor is not one that this list returned.",
		"Send next_cursor of the page before exactly as it was received, or leave it out for the first page.")

	ContentTypeAbsent = MediaTypeUnsupported.variant("absent", post(`{"name":"a"}`),
		"The request has no Content-Type header.",
		"Send the header Content-Type: application/json, or application/merge-patch+json for PATCH.")
	ContentTypeTwice = MediaTypeUnsupported.variant("repeated", post(`{"name":"a"}`, "Content-Type: application/json", "Content-Type: application/json"),
		"There are two Content-Type headers.",
		"Send one: Content-Type: application/json, or application/merge-patch+json for PATCH.")
	ContentTypeForm = MediaTypeUnsupported.variant("form", post(`{"name":"a"}`, "Content-Type: application/x-www-form-urlencoded"),
		"The Content-Type is that of a form, and this operation requires application/json.",
		"Send JSON with the header Content-Type: application/json. curl -d sends a form unless -H names another type.")
	ContentTypeCharset = MediaTypeUnsupported.variant("charset", post(`{"name":"a"}`, "Content-Type: application/json; charset=iso-8859-1"),
		"The Content-Type has another charset than utf-8.",
		"Send JSON in UTF-8, with Content-Type: application/json.")
	ContentTypeOther = MediaTypeUnsupported.variant("other", post(`{"name":"a"}`, "Content-Type: text/plain"),
		"The Content-Type is not application/json.",
		"Send JSON with the header Content-Type: application/json.")
	Compressed = MediaTypeUnsupported.variant("compressed", post(`{"name":"a"}`, "Content-Type: application/json", "Content-Encoding: gzip"),
		"The body is compressed (Content-Encoding), which this API does not accept.",
		"Send the body as it is, without Content-Encoding.")

	TagMalformed = PreconditionFailed.variant("malformed", change("If-Match: 1"),
		"The If-Match header is not an entity tag: one is in double quotes.",
		"Send the ETag exactly as it was received, with its quotes. A shell takes off quotes that are not within single quotes.")
	TagOther = PreconditionFailed.variant("changed", change(`If-Match: "0"`),
		"The item was changed since the version that If-Match names.",
		"Get the item again, make the change to that, and send its new ETag as If-Match.")
	TagExcluded = PreconditionFailed.variant("none-match", change("If-None-Match: *"),
		"The item has the version that If-None-Match excludes.",
		"Leave If-None-Match out of a change: If-Match names the version that it is for.")
)

// readToken lets a token read items.
const readToken = `{"claims": {"scope": "items:read"}}`

// postJSON returns the cause that is a request with a body of JSON.
func postJSON(body string) Cause { return post(body, "Content-Type: application/json") }

// post returns the cause that is a request with a body.
func post(body string, headers ...string) Cause {
	return Cause{Line: "POST /items", Token: `{"claims": {"scope": "items:write"}}`, Header: headers, Body: body}
}

// change returns the cause that is a change of an item.
func change(header string) Cause {
	return Cause{Line: "DELETE /items/{id}", Token: `{"claims": {"scope": "items:write"}}`, Header: []string{header}}
}
