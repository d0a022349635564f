package docs

import (
	"cmp"
	"encoding/json"
	"strings"

	"example.com/gatehouse/problem"
)

// A Variant is what a problem says when this was observed, with the request that causes it and the one that is accepted.
// What is in braces differs from one response to the next.
type Variant struct {
	Name    string        `json:"variant" example:"time"`                                                // unique within the code
	Detail  string        `json:"detail" example:"The access token expired at {expired_at}."`            // what is wrong
	Hint    string        `json:"hint" example:"Get a new one, and retry once."`                         // how to fix it
	AtFault problem.Party `json:"at_fault" swaggertype:"string" enums:"client,provider,operator,server"` // who can fix it
	Request string        `json:"request" example:"curl -i http://localhost:8080/me"`                    // that gets it
	Where   string        `json:"where,omitempty" example:"the claims of the token have this"`           // what else must hold
	Fixed   string        `json:"fixed" example:"curl -i http://localhost:8080/me"`                      // the request that is accepted
}

// variantsOf returns the variants of a type. What metadata publishes is filled in.
func (c *Config) variantsOf(t *problem.Type) (all []Variant) {
	audience := cmp.Or(strings.Join(c.Audience, " or "), "the audience of this API")
	fill := strings.NewReplacer("{issuer}", c.Issuers[0].URL, "{audience}", audience)
	for _, v := range t.Variants() {
		all = append(all, Variant{
			Name: v.Name, Detail: fill.Replace(v.Detail), Hint: fill.Replace(v.Hint), AtFault: v.AtFault,
			Request: c.curl(v.Cause, false), Where: where(v.Cause), Fixed: c.curl(v.Cause, true),
		})
	}
	return all
}

// curl returns the request of a cause, or the request that is accepted in its place.
func (c *Config) curl(cause problem.Cause, fixed bool) string {
	method, target, _ := strings.Cut(cause.Line, " ")
	if fixed {
		method, target = fixedLine(method, target)
	}
	parts := []string{"curl -i"}
	if method != "" && method != "GET" {
		parts = append(parts, "-X "+method)
	}
	if target == "" || c.Protected {
		target = "/..."
	}
	parts = append(parts, quoted(c.PublicURL+target))
	for _, header := range headers(cause, fixed) {
		parts = append(parts, "\\\n  -H "+quoted(header))
	}
	if body := cause.Body; body != "" && fixed {
		parts = append(parts, "\\\n  -d @body.json")
	} else if body != "" {
		parts = append(parts, "\\\n  --data-raw "+quoted(body))
	}
	return strings.Join(parts, " ")
}

// fixedLine returns method and target of the request that is accepted.
func fixedLine(method, target string) (string, string) {
	target, _, _ = strings.Cut(target, "?")
	if len(target) > 1 {
		target = strings.TrimSuffix(target, "/")
	}
	switch target {
	case "/v1/me":
		target = "/me"
	case "/me":
		method = ""
	}
	return method, target
}

// headers returns those of the request of a cause, or of the one that is accepted.
func headers(cause problem.Cause, fixed bool) (all []string) {
	if fixed {
		all = []string{"Authorization: Bearer $TOKEN"}
		if strings.HasPrefix(cause.Line, "POST") {
			all = append(all, "Content-Type: application/json")
		}
		if strings.Contains(strings.Join(cause.Header, ""), "Match") {
			all = append(all, `If-Match: "1"`)
		}
		return all
	}
	for _, value := range cause.Authorization {
		all = append(all, "Authorization: "+strings.ReplaceAll(value, "{token}", "$TOKEN"))
	}
	if cause.Authorization == nil && !cause.Anonymous {
		all = []string{"Authorization: Bearer $TOKEN"}
	}
	return append(all, cause.Header...)
}

// where says what else must hold for a request to get a variant.
func where(cause problem.Cause) string {
	switch {
	case cause.While != "":
		return "while " + cause.While
	case cause.Token != "" && json.Valid([]byte(cause.Token)):
		return "$TOKEN is an access token with " + cause.Token
	}
	return ""
}

// quoted returns an argument for a shell, in which variables are replaced.
func quoted(text string) string {
	if !strings.ContainsAny(text, "$") && strings.ContainsAny(text, `"`) {
		return "'" + text + "'"
	}
	return `"` + strings.NewReplacer(`"`, `\"`, "`", "\\`").Replace(text) + `"`
}
