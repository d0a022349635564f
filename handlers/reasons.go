package handlers

import (
	"net/http"

	"example.com/gatehouse/auth"
)

// The reasons of this API beyond those of package auth. A handler returns one as it is, or wraps it
// to tell the log more.
var (
	NotFound = &auth.Reason{
		Code: "not-found", Status: http.StatusNotFound, Title: "Not found",
		Detail: "There is nothing here for this caller.",
		Hint:   "Check the path. What belongs to somebody else is answered in the same way.",
	}
	MethodNotAllowed = &auth.Reason{
		Code: "method-not-allowed", Status: http.StatusMethodNotAllowed, Title: "Method not allowed",
		Detail: "This path does not answer that method.",
		Hint:   "Use one of the methods in the Allow header.",
	}
	BodyMalformed = &auth.Reason{
		Code: "body-malformed", Status: http.StatusBadRequest, Title: "Body malformed",
		Detail: "The body is not one well-formed JSON value.",
		Hint:   "Send one JSON value in UTF-8, without repeated members and with nothing after it.",
	}
	MemberUnknown = &auth.Reason{
		Code: "member-unknown", Status: http.StatusBadRequest, Title: "Member unknown",
		Detail: "The body has a member that this operation does not know.",
		Hint:   "Leave the member out, or correct its name: names are case-sensitive.",
	}
	MemberTypeWrong = &auth.Reason{
		Code: "member-type-wrong", Status: http.StatusBadRequest, Title: "Member of a wrong type",
		Detail: "A member of the body has the wrong type.",
		Hint:   "Compare the member with the operation's schema in the documentation.",
	}
	ParameterInvalid = &auth.Reason{
		Code: "parameter-invalid", Status: http.StatusBadRequest, Title: "Parameter invalid",
		Detail: "A parameter of the query is invalid.",
		Hint:   "Compare the parameter with the documentation. A cursor is sent exactly as it was received.",
	}
	LimitReached = &auth.Reason{
		Code: "limit-reached", Status: http.StatusConflict, Title: "Limit reached",
		Detail: "No more can be stored.",
		Hint:   "Delete what is no longer needed.",
	}
	BodyTooLarge = &auth.Reason{
		Code: "body-too-large", Status: http.StatusRequestEntityTooLarge, Title: "Body too large",
		Detail: "The body is larger than this operation accepts.",
		Hint:   "Send less than 64 KiB.",
	}
	MediaTypeUnsupported = &auth.Reason{
		Code: "media-type-unsupported", Status: http.StatusUnsupportedMediaType, Title: "Media type not supported",
		Detail: "The body is of a media type that is not accepted.",
		Hint:   "Send JSON, with the header Content-Type: application/json.",
	}
	ValidationFailed = &auth.Reason{
		Code: "validation-failed", Status: http.StatusUnprocessableEntity, Title: "Validation failed",
		Detail: "The body is well formed, and breaks a rule.",
		Hint:   "Correct each member that errors points to.",
	}
	Internal = &auth.Reason{
		Code: "internal", Status: http.StatusInternalServerError, Title: "Internal error",
		Detail: "Something went wrong here.",
		Hint:   "Quote the instance when you report it.",
	}
)

// Reasons returns every reason that this API can give.
func Reasons() []*auth.Reason {
	return append(auth.Reasons(),
		NotFound, MethodNotAllowed, BodyMalformed, MemberUnknown, MemberTypeWrong, ParameterInvalid,
		LimitReached, BodyTooLarge, MediaTypeUnsupported, ValidationFailed, Internal)
}
