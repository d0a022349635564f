package docstest

import (
	"encoding/json"
	"fmt"
	"maps"
	"mime"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"testing"

	"example.com/gatehouse/problem"
)

// problemType is the media type of a problem (RFC 9457, section 3).
const problemType = "application/problem+json"

// A response is one that was read.
type response struct {
	status    int
	header    http.Header
	mediaType string // empty where there is none
	body      []byte
	problem   struct { // empty where the body is none (RFC 9457, section 3.1)
		Code         string
		Status       int
		Detail, Hint string
		Instance     string
	}
}

func newResponse(w *httptest.ResponseRecorder) *response {
	r := &response{status: w.Code, header: http.Header{}, body: w.Body.Bytes()}
	for name, values := range w.Result().Header { // as a client reads them: ETag is Etag there
		r.header[http.CanonicalHeaderKey(name)] = values
	}
	r.mediaType, _, _ = mime.ParseMediaType(r.header.Get("Content-Type"))
	if r.mediaType == problemType {
		_ = json.Unmarshal(r.body, &r.problem) // its schema says what is wrong with it
	}
	return r
}

// A check reports the differences between a response and what must come of a call.
type check struct {
	testing.TB
	op *operation
	*response
	call
	documented documentedResponse
}

// check reports every difference, each in a line.
func (a *audit) check(op *operation, called call, r *response) {
	a.Helper()
	documented, ok := op.documented(r.status)
	c := &check{a.TB, op, r, called, documented}
	c.checkStatus()
	if !ok {
		c.differ("status", r.status, "one of "+strings.Join(slices.Sorted(maps.Keys(op.Responses)), ", "))
		return
	}
	c.checkHeaders()
	c.checkLimit()
	c.checkBody()
	c.checkProblem()
	c.checkCode()
	c.checkChallenge()
}

func (c *check) differ(what string, got, want any) {
	c.Helper()
	c.Errorf("%s: %s: %s: got %v, want %v", c.op, c.call.name, what, got, want)
}

// checkStatus checks whether the caller was accepted, and the request too, when it was made from the examples.
// The examples may name what is not there.
func (c *check) checkStatus() {
	got := strings.TrimSpace(fmt.Sprint(c.status, " ", c.problem.Code))
	isBad := slices.Contains(badRequests, c.status)
	switch {
	case c.rejection != nil:
		if c.status != c.rejection.status {
			c.differ("status", got, c.rejection.status)
		}
	case c.status == http.StatusUnauthorized || c.status == http.StatusForbidden || c.status >= 500:
		c.differ("status", got, "the caller let in")
	case c.wants == nil && isBad:
		c.differ("status", got, "the example accepted")
	case c.wants != nil && !slices.Contains(c.wants, c.status) && (c.status < 400 || isBad):
		c.differ("status", got, strings.Trim(strings.ReplaceAll(fmt.Sprint(c.wants), " ", " or "), "[]"))
	}
}

// badRequests are the statuses of requests that are wrong in themselves.
var badRequests = []int{
	http.StatusBadRequest, http.StatusRequestEntityTooLarge, http.StatusUnsupportedMediaType, http.StatusUnprocessableEntity,
}

// checkHeaders checks whether the documented headers are there. The challenge has a check of its own.
func (c *check) checkHeaders() {
	for _, name := range slices.Sorted(maps.Keys(c.documented.Headers)) {
		required := c.documented.Headers[name].Required
		if name != "WWW-Authenticate" && (required == nil || *required) && c.response.header.Get(name) == "" {
			c.differ("header "+name, "none", "what is documented")
		}
	}
}

func (c *check) checkBody() {
	types := slices.Sorted(maps.Keys(c.documented.Content))
	asked := c.call.header["Accept"]
	switch {
	case len(types) == 0 && len(c.response.body) > 0:
		c.differ("body", fmt.Sprintf("%d bytes", len(c.response.body)), "none")
	case len(types) == 0:
	case !slices.Contains(types, c.mediaType):
		c.differ("media type", fmt.Sprintf("%q", c.mediaType), strings.Join(types, " or "))
	case asked != "" && c.status == http.StatusOK && c.mediaType != asked:
		c.differ("media type", c.mediaType, asked)
	case strings.HasSuffix(c.mediaType, "json"):
		if err := c.op.doc.validate(c.documented.Content[c.mediaType].Schema, c.response.body); err != nil {
			c.differ("body", err, "one by its schema")
		}
	}
}

// checkProblem checks whether a problem repeats what its response says.
func (c *check) checkProblem() {
	if got := c.problem.Status; got != 0 && got != c.status {
		c.differ("status of the problem", got, c.status)
	}
	id := c.response.header.Get("X-Request-Id")
	if got := c.problem.Instance; got != "" && id != "" && got != "urn:uuid:"+id {
		c.differ("instance of the problem", got, "urn:uuid: and the X-Request-Id")
	}
}

// checkCode checks the code of a problem: it must be documented, and that of the rejection. An API with minimal
// details has token-invalid in the place of closer codes.
func (c *check) checkCode() {
	if c.mediaType != problemType {
		return
	}
	examples := c.documented.Content[problemType].Examples
	if _, ok := examples[c.problem.Code]; !ok {
		c.differ("code", c.problem.Code, "one of "+strings.Join(slices.Sorted(maps.Keys(examples)), ", "))
		return
	}
	c.checkTexts()
	r := c.rejection
	if r == nil || c.status != r.status || r.oauth == "invalid_token" && c.problem.Code == "token-invalid" {
		return
	}
	if c.problem.Code != r.code {
		c.differ("code", c.problem.Code, r.code)
	}
}

// checkTexts checks whether detail and hint are those of a variant, which the page of the code lists.
func (c *check) checkTexts() {
	types := problem.Types()
	i := slices.IndexFunc(types, func(t *problem.Type) bool { return t.Code == c.problem.Code })
	if i >= 0 && types[i].Find(c.problem.Detail, c.problem.Hint) == nil {
		c.differ("texts", c.problem.Detail+" "+c.problem.Hint, "those of a variant of the code")
	}
}

// checkChallenge checks the WWW-Authenticate header by RFC 6750, section 3, and by the examples.
func (c *check) checkChallenge() {
	got, r := c.response.header.Values("WWW-Authenticate"), c.rejection
	if r == nil || !r.challenged() {
		if len(got) > 0 {
			c.differ("challenge", got, "none")
		}
		return
	}
	if c.status != r.status {
		return // the difference is in the list
	}
	parameters, ok := parseChallenge(got)
	if !ok {
		c.differ("challenge", got, `one of the form Bearer realm="..."`)
		return
	}
	if parameters["error"] != r.oauth {
		c.differ("error of the challenge", parameters["error"], r.oauth)
	}
	for name, want := range r.challenge {
		if parameters[name] != want {
			c.differ(name+" of the challenge", parameters[name], want)
		}
	}
	if r.oauth != "" && parameters["error_description"] != c.problem.Detail {
		c.differ("error_description of the challenge", parameters["error_description"], c.problem.Detail)
	}
	for _, example := range c.documented.Headers["WWW-Authenticate"].Examples {
		if text, ok := example.Value.(string); ok && withoutDescription(text) == withoutDescription(got[0]) {
			return
		}
	}
	c.differ("challenge", got[0], "one of the documented")
}

var description = regexp.MustCompile(`error_description="[^"]*"`)

// withoutDescription returns a challenge without the sentence that a variant chooses.
func withoutDescription(challenge string) string { return description.ReplaceAllString(challenge, "") }

var (
	challengeGrammar   = regexp.MustCompile(`^Bearer [a-z_]+="[^"\\]*"(, [a-z_]+="[^"\\]*")*$`)
	challengeParameter = regexp.MustCompile(`([a-z_]+)="([^"\\]*)"`)
)

// parseChallenge returns the parameters of the one challenge there must be. None is there twice, and the realm
// is not empty (RFC 9110, section 11.2).
func parseChallenge(fields []string) (map[string]string, bool) {
	if len(fields) != 1 || !challengeGrammar.MatchString(fields[0]) {
		return nil, false
	}
	matches := challengeParameter.FindAllStringSubmatch(fields[0], -1)
	parameters := map[string]string{}
	for _, match := range matches {
		parameters[match[1]] = match[2]
	}
	return parameters, len(parameters) == len(matches) && parameters["realm"] != ""
}
