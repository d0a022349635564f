package problem

import (
	"net/http"
	"time"
)

// The types of the API's own. A handler returns one as it is, or wrapped with details for the log.
var (
	NotFound = &Type{
		Code: "not-found", Status: http.StatusNotFound, Title: "Not found", AtFault: Client,
		Detail: "There is nothing here for this caller.",
		Hint:   "Check the path. An item of another caller returns the same response.",
		Causes: []string{
			"The path has a typing error, or a trailing slash.",
			"The item was deleted, or belongs to another caller.",
		},
		Operator: "No action, unless a proxy changes paths.",
	}
	MethodNotAllowed = &Type{
		Code: "method-not-allowed", Status: http.StatusMethodNotAllowed, Title: "Method not allowed", AtFault: Client,
		Detail:   "This path does not support that method.",
		Hint:     "Use one of the methods in the Allow header.",
		Causes:   []string{"The operation exists with another method."},
		Operator: "No action: the Allow header lists the methods.",
	}
	BodyMalformed = &Type{
		Code: "body-malformed", Status: http.StatusBadRequest, Title: "Body malformed", About: Content, AtFault: Client,
		Detail: "The body is not one well-formed JSON value.",
		Hint:   "Send one JSON value in UTF-8, without repeated members and with nothing after it.",
		Causes: []string{
			"The body is empty, truncated, or not JSON.",
			"The body begins with a byte order mark.",
			"A member occurs twice.",
			"There is more text after the JSON value.",
		},
		Operator: "Occasional truncated bodies come from clients or proxies that time out.",
	}
	MemberUnknown = &Type{
		Code: "member-unknown", Status: http.StatusBadRequest, Title: "Member unknown", About: Content, AtFault: Client,
		Detail: "The body has a member that this operation does not know.",
		Hint:   "Leave the member out, or correct its name: errors points to it. Names are case-sensitive, and members that the API writes itself, such as id, are not sent.",
		Causes: []string{
			"A name is misspelt, or has another case.",
			"The client is newer than this API.",
		},
		Operator: "Compare the versions of client and API.",
	}
	MemberTypeWrong = &Type{
		Code: "member-type-wrong", Status: http.StatusBadRequest, Title: "Member of a wrong type", About: Content, AtFault: Client,
		Detail: "A member of the body has the wrong type.",
		Hint:   "Compare the member with the operation's schema in the documentation.",
		Causes: []string{
			"A number was sent as a string, or a string as a number.",
			"A member is null, which its schema does not allow.",
		},
		Operator: "No action: errors points to the member.",
	}
	ParameterInvalid = &Type{
		Code: "parameter-invalid", Status: http.StatusBadRequest, Title: "Parameter invalid", About: Query, AtFault: Client,
		Detail: "A parameter of the query is invalid.",
		Hint:   "Compare the parameter with the documentation. A cursor is sent exactly as it was received.",
		Causes: []string{
			"The operation does not know the parameter: its name is misspelt, or has another case.",
			"The parameter is there twice.",
			"limit is not a number, or out of range.",
			"The cursor was changed, or belongs to another list.",
		},
		Operator: "No action: errors names the parameter.",
	}
	LimitReached = &Type{
		Code: "limit-reached", Status: http.StatusConflict, Title: "Limit reached", About: Content, AtFault: Client,
		Detail:   "The caller cannot store more items.",
		Hint:     "Delete items that are no longer needed.",
		Causes:   []string{"The caller has reached the maximum number of items."},
		Operator: "The limit is DefaultLimit in store/table.go.",
	}
	InUse = &Type{
		Code: "in-use", Status: http.StatusConflict, Title: "In use", About: Deletion, AtFault: Client,
		Detail:   "Something else refers to this, so it cannot be deleted.",
		Hint:     "Delete what refers to it first, or let it refer to something else.",
		Causes:   []string{"A resource that the caller may not see refers to it.", "A member of another resource has its id."},
		Operator: "The foreign keys in store/migrations say which tables refer to it.",
	}
	RateLimited = &Type{
		Code: "rate-limited", Status: http.StatusTooManyRequests, Title: "Too many requests", AtFault: Client,
		Detail: "The caller sent too many requests.",
		Hint:   "Wait Retry-After seconds. RateLimit-Policy has the limit, and RateLimit what is left of it.",
		Causes: []string{
			"A client repeats requests in a loop, or retries without a pause.",
			"Several clients share one caller: the same user or service, or, without a token, the same address.",
		},
		Operator: "The limit is that of the route, or RATE_LIMIT. If all anonymous callers seem to have one address, list your proxies in TRUSTED_PROXIES.",
	}
	PreconditionFailed = &Type{
		Code: "precondition-failed", Status: http.StatusPreconditionFailed, Title: "Precondition failed", AtFault: Client,
		Detail: "The item does not match the condition of the request.",
		Hint:   "Get the item again, check your change, and send its new ETag as If-Match.",
		Causes: []string{
			"Another request changed the item after it was read.",
			"The ETag is not quoted, or not as it was received.",
		},
		Operator: "No action: this prevents one change from undoing another.",
	}
	RequestTimeout = &Type{
		Code: "request-timeout", Status: http.StatusRequestTimeout, Title: "Request timeout", About: Content, AtFault: Client,
		Detail: "The body did not arrive in time.",
		Hint:   "Send the whole body without a pause, on a new connection.",
		Causes: []string{
			"The client sent fewer bytes than Content-Length says.",
			"The client or its network is slow, or was suspended.",
		},
		Operator: "The limit is ReadTimeout in serve.go. Many timeouts from one address may be an attack.",
	}
	BodyTooLarge = &Type{
		Code: "body-too-large", Status: http.StatusRequestEntityTooLarge, Title: "Body too large", About: Content, AtFault: Client,
		Detail:   "The body is larger than the 64 KiB that this operation accepts.",
		Hint:     "Send less than 64 KiB.",
		Causes:   []string{"The body is longer than 64 KiB."},
		Operator: "The limit is maxBody in handlers/input.go.",
	}
	MediaTypeUnsupported = &Type{
		Code: "media-type-unsupported", Status: http.StatusUnsupportedMediaType, Title: "Media type not supported", About: Content, AtFault: Client,
		Detail: "The body is of a media type that is not accepted.",
		Hint:   "Send JSON, uncompressed, with one header Content-Type: application/json, or application/merge-patch+json for PATCH.",
		Causes: []string{
			"The Content-Type header is missing, there twice, or names another type than the operation accepts.",
			"The charset is not UTF-8.",
			"The body is compressed: Content-Encoding is not accepted.",
		},
		Operator: "No action: the client must fix its header.",
	}
	ValidationFailed = &Type{
		Code: "validation-failed", Status: http.StatusUnprocessableEntity, Title: "Validation failed", About: Content, AtFault: Client,
		Detail: "The body is well formed, but breaks a rule.",
		Hint:   "Correct each member that errors points to.",
		Causes: []string{
			"A required member is missing, or an empty text.",
			"A text is too long, a number is out of bounds, or a value has another form than the schema says.",
		},
		Operator: "No action: errors points to each member.",
	}
	PreconditionRequired = &Type{
		Code: "precondition-required", Status: http.StatusPreconditionRequired, Title: "Precondition required", AtFault: Client,
		Detail:   "This operation needs the version that it applies to.",
		Hint:     "Get the item and send its ETag as If-Match, or * for any version.",
		Causes:   []string{"The request has no If-Match header."},
		Operator: "REQUIRE_IF_MATCH is true.",
	}
	Internal = &Type{
		Code: "internal", Status: http.StatusInternalServerError, Title: "Internal error", AtFault: Server,
		Detail:   "The server failed to process the request.",
		Hint:     "Quote the instance when you report it.",
		Causes:   []string{"There is a bug, or a service that this API depends on failed in an unexpected way."},
		Operator: "The log has the error and its stack under the instance.",
	}
	MethodNotImplemented = &Type{
		Code: "method-not-implemented", Status: http.StatusNotImplemented, Title: "Method not implemented", AtFault: Client,
		Detail: "This API does not know that method.",
		Hint:   "Use a method that the documentation names. Names of methods are upper case.",
		Causes: []string{
			"The method has a typing error, or is written in lower case.",
			"A client of another protocol, such as WebDAV, or a scanner calls this API.",
		},
		Operator: "No action: the request is the client's mistake, although its status is 501 (RFC 9110, section 15.6.2).",
	}
	DatabaseUnavailable = &Type{
		Code: "database-unavailable", Status: http.StatusServiceUnavailable, Title: "Database unavailable", RetryAfter: 5 * time.Second, AtFault: Server,
		Detail: "The database cannot be used at the moment.",
		Hint:   "Retry after the time in Retry-After. The change may have been made: check before you repeat it.",
		Causes: []string{
			"The database does not respond, or not in time.",
			"A new version of the API is migrating the database.",
			"The database is read-only: its disk is full, or it is a replica.",
		},
		Operator: "The log has the error under the instance, and /readyz has the current state. No restart is needed.",
	}
)
