package problem

import (
	"net/http"
	"time"
)

// The other types. A handler returns one as it is, or wraps it to tell the log more.
var (
	NotFound = &Type{
		Code: "not-found", Status: http.StatusNotFound, Title: "Not found",
		Detail: "There is nothing here for this caller.",
		Hint:   "Check the path. What belongs to somebody else is answered in the same way.",
		Causes: []string{
			"The path has a typing error, or a slash at its end.",
			"The item was deleted, or belongs to somebody else.",
		},
		Operator: "Nothing, unless a proxy changes paths.",
	}
	MethodNotAllowed = &Type{
		Code: "method-not-allowed", Status: http.StatusMethodNotAllowed, Title: "Method not allowed",
		Detail: "This path does not answer that method.",
		Hint:   "Use one of the methods in the Allow header.",
		Causes: []string{
			"The operation exists with another method.",
		},
		Operator: "Nothing: the Allow header names the methods.",
	}
	BodyMalformed = &Type{
		Code: "body-malformed", Status: http.StatusBadRequest, Title: "Body malformed", About: Content,
		Detail: "The body is not one well-formed JSON value.",
		Hint:   "Send one JSON value in UTF-8, without repeated members and with nothing after it.",
		Causes: []string{
			"The body is empty, cut off, or not JSON.",
			"A member stands in it twice.",
			"Something follows the JSON value.",
		},
		Operator: "Bodies cut off now and then come from clients or proxies that give up early.",
	}
	MemberUnknown = &Type{
		Code: "member-unknown", Status: http.StatusBadRequest, Title: "Member unknown", About: Content,
		Detail: "The body has a member that this operation does not know.",
		Hint:   "Leave the member out, or correct its name: names are case-sensitive.",
		Causes: []string{
			"A name is misspelt, or has another case.",
			"The client is newer than this API.",
		},
		Operator: "Compare the versions of client and API.",
	}
	MemberTypeWrong = &Type{
		Code: "member-type-wrong", Status: http.StatusBadRequest, Title: "Member of a wrong type", About: Content,
		Detail: "A member of the body has the wrong type.",
		Hint:   "Compare the member with the operation's schema in the documentation.",
		Causes: []string{
			"A number was sent as a string, or the other way round.",
			"A member is null that cannot be.",
		},
		Operator: "Nothing: errors points to the member.",
	}
	ParameterInvalid = &Type{
		Code: "parameter-invalid", Status: http.StatusBadRequest, Title: "Parameter invalid", About: Query,
		Detail: "A parameter of the query is invalid.",
		Hint:   "Compare the parameter with the documentation. A cursor is sent exactly as it was received.",
		Causes: []string{
			"limit is no number, or out of its range.",
			"The cursor was changed, or belongs to another list.",
		},
		Operator: "Nothing: errors names the parameter.",
	}
	LimitReached = &Type{
		Code: "limit-reached", Status: http.StatusConflict, Title: "Limit reached",
		Detail: "No more can be stored.",
		Hint:   "Delete what is no longer needed.",
		Causes: []string{
			"The caller has as many items as one may have.",
			"The store is full, if it is the one that keeps items in memory.",
		},
		Operator: "See the limits of the store.",
	}
	PreconditionFailed = &Type{
		Code: "precondition-failed", Status: http.StatusPreconditionFailed, Title: "Precondition failed",
		Detail: "The item is not what the condition of the request says.",
		Hint:   "Get the item anew, decide again, and send its ETag as If-Match.",
		Causes: []string{
			"Somebody else changed the item after it was read.",
			"The ETag is weak (W/), as some proxies make it, or not quoted.",
		},
		Operator: "Nothing: a change was kept from undoing another one.",
	}
	RequestTimeout = &Type{
		Code: "request-timeout", Status: http.StatusRequestTimeout, Title: "Request timeout", About: Content,
		Detail: "The body did not arrive in time.",
		Hint:   "Send the whole body without a pause, on a new connection.",
		Causes: []string{
			"The client announced more bytes than it sent: Content-Length is wrong.",
			"The client or its network is slow, or was suspended.",
		},
		Operator: "The limit is ReadTimeout in serve.go. Many of them from one address may be an attack on connections.",
	}
	BodyTooLarge = &Type{
		Code: "body-too-large", Status: http.StatusRequestEntityTooLarge, Title: "Body too large", About: Content,
		Detail: "The body is larger than this operation accepts.",
		Hint:   "Send less than 64 KiB.",
		Causes: []string{
			"The body is longer than 64 KiB.",
		},
		Operator: "The limit is maxBody in handlers/input.go.",
	}
	MediaTypeUnsupported = &Type{
		Code: "media-type-unsupported", Status: http.StatusUnsupportedMediaType, Title: "Media type not supported", About: Content,
		Detail: "The body is of a media type that is not accepted.",
		Hint:   "Send JSON, with the header Content-Type: application/json.",
		Causes: []string{
			"The Content-Type header is missing, or names something else than JSON.",
			"The charset is not UTF-8.",
			"The body is compressed: Content-Encoding is not accepted.",
		},
		Operator: "Nothing: the client has to mend its header.",
	}
	ValidationFailed = &Type{
		Code: "validation-failed", Status: http.StatusUnprocessableEntity, Title: "Validation failed", About: Content,
		Detail: "The body is well formed, and breaks a rule.",
		Hint:   "Correct each member that errors points to.",
		Causes: []string{
			"A required member is missing or empty.",
			"A text is too long.",
		},
		Operator: "Nothing: errors points to each member.",
	}
	PreconditionRequired = &Type{
		Code: "precondition-required", Status: http.StatusPreconditionRequired, Title: "Precondition required",
		Detail: "This operation needs to be told which version it is for.",
		Hint:   "Get the item and send its ETag as If-Match, or * for whatever it is now.",
		Causes: []string{
			"The request has no If-Match header.",
		},
		Operator: "REQUIRE_IF_MATCH asks for it.",
	}
	Internal = &Type{
		Code: "internal", Status: http.StatusInternalServerError, Title: "Internal error",
		Detail: "Something went wrong here.",
		Hint:   "Quote the instance when you report it.",
		Causes: []string{
			"A bug, or something that this API depends on failed in a way nobody thought of.",
		},
		Operator: "The log has the error and its stack under the instance.",
	}
	DatabaseUnavailable = &Type{
		Code: "database-unavailable", Status: http.StatusServiceUnavailable, Title: "Database unavailable", RetryAfter: 5 * time.Second,
		Detail: "The database cannot be used at the moment.",
		Hint:   "Retry after the time in Retry-After. A change may have been made all the same: look before you repeat it.",
		Causes: []string{
			"The database does not answer, or not in time.",
			"It is being brought up to date by a new version.",
			"It cannot be written: its disk is full, or it is a replica.",
		},
		Operator: "The log has the error under the instance, and /readyz the present state. No restart is needed.",
	}
)
