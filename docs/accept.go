package docs

import (
	"net/http"
	"strconv"
	"strings"
)

// acceptsGzip reports whether the client takes gzip (RFC 9110, section 12.5.3).
func acceptsGzip(r *http.Request) bool {
	weights := weigh(r.Header["Accept-Encoding"])
	q, ok := weights["gzip"]
	if !ok {
		q = weights["*"]
	}
	return q > 0
}

// prefersHTML reports whether the client asks for HTML by name, and for JSON no more than that. A
// browser does; a program that takes anything gets JSON (RFC 9110, section 12.5.1).
func prefersHTML(r *http.Request) bool {
	weights := weigh(r.Header["Accept"])
	return weights["text/html"] > 0 && weights["text/html"] >= weights["application/json"]
}

// weigh returns the members of the header's list and their weights. What has a malformed weight, or
// parameters of another kind, counts as if it were not there.
func weigh(fields []string) map[string]float64 {
	weights := map[string]float64{}
	for _, m := range strings.Split(strings.Join(fields, ","), ",") {
		name, parameter, _ := strings.Cut(m, ";")
		q, err := 1.0, error(nil)
		if parameter != "" {
			key, value, _ := strings.Cut(strings.TrimSpace(parameter), "=")
			if !strings.EqualFold(key, "q") {
				continue
			}
			q, err = strconv.ParseFloat(value, 64)
		}
		if err == nil && q >= 0 && q <= 1 {
			weights[strings.ToLower(strings.TrimSpace(name))] = q
		}
	}
	return weights
}
