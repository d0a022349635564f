package docstest

import (
	"net/http"
	"strconv"
	"time"
)

// The header that names the limit of an operation, and the code of a rejection by it.
const (
	policyHeader = "RateLimit-Policy"
	limitedCode  = "rate-limited"
)

// checkLimit checks whether the limit is the documented one. Rejections can come before requests are counted.
func (c *check) checkLimit() {
	if c.status >= 400 && c.problem.Code != limitedCode {
		return
	}
	got := c.response.header.Get(policyHeader)
	documented, ok := c.documented.Headers[policyHeader]
	switch {
	case !ok && got != "":
		c.differ("header "+policyHeader, got, "none")
	case ok && got != documented.Example:
		c.differ("header "+policyHeader, got, documented.Example)
	}
}

// sendInTime makes a call. If its caller has sent too many, it checks that rejection, waits and makes the call again. The
// operation is nil while there is no document.
func (a *audit) sendInTime(op *operation, c call) *response {
	a.Helper()
	r := a.send(c)
	if r.status != http.StatusTooManyRequests || r.problem.Code != limitedCode {
		return r
	}
	if limited := c; op != nil {
		limited.rejection, limited.wants = nil, nil
		a.check(op, limited, r)
	}
	wait, err := strconv.Atoi(r.header.Get("Retry-After"))
	if err != nil {
		return r // its check says so
	}
	time.Sleep(time.Duration(wait) * time.Second)
	return a.send(c)
}
