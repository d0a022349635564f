// Package telemetry records what the API does: a log entry for every request, and others for every rejection and every
// change.
//
// Each of them is gin middleware that runs when a request is done. It reads what the handlers left in gin's
// context: the caller and the requirement ([ginauth.Caller], [ginauth.Required]) and, where the response is a
// problem, its error ([SetError]). So the code that writes responses knows none of them, and all of them name
// the same problem type, whatever ERROR_DETAIL tells the caller.
//
//	[SetRequestID]    names the request: X-Request-Id, log, instance of a problem
//	[RequestLog]      "request": method, path, route, status, duration, caller
//	[RejectionLog]    "request rejected": the problem, and every check of the token that failed
//	[AuditLog]        "audit": who changed what, and whether it was accepted
//
// Packages below observe the same through [Hooks]: metrics and tracing are parts that a product can leave out.
//
// Nothing that a caller sent in confidence is recorded: no header, no query, no body, no part of a signature.
// Package [telemetry/logtest] is the log of tests.
package telemetry
