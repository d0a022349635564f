package openapi

import (
	"fmt"
	"net/http"
	"strconv"

	"example.com/gatehouse/auth/ginauth"
)

// limits writes the headers of a route's limit into its responses. Every request that is accepted was counted, and so
// was one of those that get 429: the other has too many failures.
func (b *builder) limits(op object, route ginauth.Route) {
	if route.Limit.Unlimited() {
		return
	}
	for code, response := range child(op, "responses") {
		status, _ := strconv.Atoi(code) // 0 for default
		if status != http.StatusTooManyRequests && (status < 200 || status > 399) {
			continue
		}
		headers := child(response.(object), "headers")
		for name, header := range limitHeaders(route.Limit) {
			header["required"] = status != http.StatusTooManyRequests
			headers[name] = header
		}
	}
}

func limitHeaders(l ginauth.RateLimit) map[string]object {
	header := func(description, example string) object {
		return object{"description": description, "schema": object{"type": "string"}, "example": example}
	}
	return map[string]object{
		ginauth.RateLimitPolicyHeader: header("The limit: q requests in w seconds (draft-ietf-httpapi-ratelimit-headers-11).", l.Policy()),
		ginauth.RateLimitHeader:       header("What is left of it: r requests, and t seconds until there are more.", fmt.Sprintf("%q;r=%d;t=1", l.Name, l.Requests-1)),
	}
}
