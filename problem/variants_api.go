package problem

// The variants of the API's own types.
var (
	RouteAbsent = NotFound.variant("path",
		"This API has no such path.",
		"Compare the path with the documentation: /openapi.json has all of them. A version or a prefix may be wrong.",
		Cause{Line: "GET /v1/me"})
	SlashAtEnd = NotFound.variant("slash",
		"The path ends with a slash, and this API has no such path.",
		"Leave the slash at the end out.",
		Cause{Line: "GET /me/"})
	RowAbsent = NotFound.variant("row",
		"There is nothing with this id that belongs to the caller.",
		"Check the id, and the user of the token: what belongs to another caller returns the same response.",
		Cause{Line: "GET /items/0198a3c2-7f55-7cc3-8d1b-5f0e2a9b4c6d", Token: `{"claims": {"scope": "items:read"}}`})

	MethodOther = MethodNotAllowed.variant("method",
		"This path supports {methods}.",
		"Use one of {methods}, or the path of the operation that you mean.",
		Cause{Line: "DELETE /me"})
	RateReached = RateLimited.variant("wait",
		"The caller sent too many requests. The next one is accepted in {wait} seconds.",
		"Wait {wait} seconds, and send fewer requests from then on: RateLimit-Policy has the limit, and RateLimit what is left of it.",
		while("RATE_LIMIT is reached"))
	MethodCase = MethodNotImplemented.variant("case",
		"Names of methods are upper case, and this one is not.",
		"Write the method in upper case: PATCH, and not patch.",
		Cause{Line: "get /me"})

	BodyEmpty = BodyMalformed.variant("empty",
		"The body is empty, and this operation requires JSON.",
		"Send the JSON object that the documentation of the operation shows. A redirect or a missing -d loses the body.",
		post("", "Content-Type: application/json"))
	BodyForm = BodyMalformed.variant("form",
		"The body is a form, and this operation requires JSON.",
		"Send JSON: {\"name\": \"a\"}, and not name=a.",
		post("name=a", "Content-Type: application/json"))
	BodyCut = BodyMalformed.variant("truncated",
		"The body ends before its JSON does.",
		"Send the whole text. Check quotes and braces: a shell takes quotes off a text that is not in single quotes.",
		post(`{"name":"a`, "Content-Type: application/json"))
	BodyQuotes = BodyMalformed.variant("single-quotes",
		"The body has single quotes where JSON has double quotes.",
		"Write names and texts in double quotes. In a shell, put the whole body in single quotes; in cmd.exe, escape the double quotes.",
		post(`{'name':'a'}`, "Content-Type: application/json"))
	BodyComma = BodyMalformed.variant("comma",
		"There is a comma before the end of an object or a list in the body.",
		"Remove the comma after the last member.",
		post(`{"name":"a",}`, "Content-Type: application/json"))
	BodyTwice = BodyMalformed.variant("repeated",
		"A member of the body is there twice.",
		"Send each member once: errors points to it.",
		post(`{"name":"a","name":"b"}`, "Content-Type: application/json"))
	BodyMark = BodyMalformed.variant("byte-order-mark",
		"The body begins with a byte order mark.",
		"Save the file as UTF-8 without one.",
		post("\ufeff{\"name\":\"a\"}", "Content-Type: application/json"))
	BodyMore = BodyMalformed.variant("more",
		"There is more text after the JSON value of the body.",
		"Send one JSON value, and nothing after it.",
		post(`{"name":"a"}{}`, "Content-Type: application/json"))

	TypeRoot = MemberTypeWrong.variant("not-an-object",
		"The body is not a JSON object.",
		"Send one object, as the documentation of the operation shows: a list or a text is not accepted. A body that was encoded twice is a text.",
		post(`[]`, "Content-Type: application/json"))
	TypeNull = MemberTypeWrong.variant("null",
		"A member of the body is null, and its type has no null.",
		"Leave the member out, or send a value: errors points to it.",
		post(`{"name":null}`, "Content-Type: application/json"))

	QueryMalformed = ParameterInvalid.variant("query",
		"The query is not well formed.",
		"Percent-encode the values of the query: a % is %25, and a semicolon %3B.",
		Cause{Line: "GET /items?limit=%", Token: readToken})
	ParameterUnknown = ParameterInvalid.variant("unknown",
		"The query has a parameter that this operation does not know.",
		"Leave it out, or correct its name: errors names it. Names are case-sensitive.",
		Cause{Line: "GET /items?page=2", Token: readToken})
	ParameterTwice = ParameterInvalid.variant("repeated",
		"A parameter of the query is there twice.",
		"Send it once: errors names it.",
		Cause{Line: "GET /items?limit=1&limit=2", Token: readToken})
	LimitOutside = ParameterInvalid.variant("limit",
		"The parameter limit is not a whole number in its range.",
		"Send a number in the range that errors names, or leave it out.",
		Cause{Line: "GET /items?limit=0", Token: readToken})
	CursorInvalid = ParameterInvalid.variant("cursor",
		"The parameter cursor is not one that this list returned.",
		"Send next_cursor of the page before exactly as it was received, or leave it out for the first page.",
		Cause{Line: "GET /items?cursor=x", Token: readToken})

	ContentTypeAbsent = MediaTypeUnsupported.variant("absent",
		"The request has no Content-Type header.",
		"Send the header Content-Type: application/json.",
		post(`{"name":"a"}`))
	ContentTypeTwice = MediaTypeUnsupported.variant("repeated",
		"There are two Content-Type headers.",
		"Send one: Content-Type: application/json.",
		post(`{"name":"a"}`, "Content-Type: application/json", "Content-Type: application/json"))
	ContentTypeForm = MediaTypeUnsupported.variant("form",
		"The Content-Type is that of a form, and this operation requires application/json.",
		"Send JSON with the header Content-Type: application/json. curl -d sends a form unless -H names another type.",
		post(`{"name":"a"}`, "Content-Type: application/x-www-form-urlencoded"))
	ContentTypeCharset = MediaTypeUnsupported.variant("charset",
		"The Content-Type has another charset than utf-8.",
		"Send JSON in UTF-8, with Content-Type: application/json.",
		post(`{"name":"a"}`, "Content-Type: application/json; charset=iso-8859-1"))
	ContentTypeOther = MediaTypeUnsupported.variant("other",
		"The Content-Type is not application/json.",
		"Send JSON with the header Content-Type: application/json.",
		post(`{"name":"a"}`, "Content-Type: text/plain"))
	Compressed = MediaTypeUnsupported.variant("compressed",
		"The body is compressed (Content-Encoding), which this API does not accept.",
		"Send the body as it is, without Content-Encoding.",
		post(`{"name":"a"}`, "Content-Type: application/json", "Content-Encoding: gzip"))

	TagMalformed = PreconditionFailed.variant("malformed",
		"The If-Match header is not an entity tag: one is in double quotes.",
		"Send the ETag exactly as it was received, with its quotes. A shell takes off quotes that are not within single quotes.",
		change("If-Match: 1"))
	TagOther = PreconditionFailed.variant("changed",
		"The item was changed since the version that If-Match names.",
		"Get the item again, make the change to that, and send its new ETag as If-Match.",
		change(`If-Match: "0"`))
	TagExcluded = PreconditionFailed.variant("none-match",
		"The item has the version that If-None-Match excludes.",
		"Leave If-None-Match out of a change: If-Match names the version that it is for.",
		change("If-None-Match: *"))
)

// readToken lets a token read items.
const readToken = `{"claims": {"scope": "items:read"}}`

// post returns the cause that is a request with a body.
func post(body string, headers ...string) Cause {
	return Cause{Line: "POST /items", Token: `{"claims": {"scope": "items:write"}}`, Header: headers, Body: body}
}

// change returns the cause that is a change of an item.
func change(header string) Cause {
	return Cause{Line: "DELETE /items/{id}", Token: `{"claims": {"scope": "items:write"}}`, Header: []string{header}}
}
