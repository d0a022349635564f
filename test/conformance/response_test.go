package conformance

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"example.com/gatehouse/problem"
)

// checkReply checks what holds for every answer of the API, whatever was asked.
func checkReply(t *testing.T, c call, r reply) {
	t.Helper()
	for _, problem := range r.faults(c) {
		t.Errorf("%.60s: %s", c.line, problem)
	}
}

// faults returns what no answer to a call may have.
func (r reply) faults(c call) []string {
	var found []string
	if gram := echo(c, r); gram != "" {
		found = append(found, "the answer repeats "+gram+" of the credential")
	}
	if c.bare {
		return found
	}
	if r.status == 401 && len(r.header["Www-Authenticate"]) == 0 {
		found = append(found, "401 without a challenge (RFC 9110, section 15.5.2)")
	}
	if r.status == 401 && r.header["Allow"] != nil {
		found = append(found, "401 that tells a stranger which methods there are")
	}
	for _, line := range r.header["Www-Authenticate"] {
		found = append(found, challengeFaults(line)...)
	}
	if (r.status == 503 || r.status == 429) && r.header.Get("Retry-After") == "" && r.isProblem() {
		found = append(found, "503 or 429 without Retry-After")
	}
	if r.status == 405 && r.header.Get("Allow") == "" {
		found = append(found, "405 without Allow (RFC 9110, section 15.5.6)")
	}
	if r.status >= 400 {
		found = append(found, r.problemFaults(c)...)
	}
	return found
}

// problemFaults returns what is wrong with the body of an error (RFC 9457, section 3).
func (r reply) problemFaults(c call) []string {
	var found []string
	if r.header.Get("Cache-Control") != "no-store" {
		found = append(found, "an error that may be stored")
	}
	if !r.isProblem() {
		return append(found, "an error of type "+r.header.Get("Content-Type"))
	}
	if c.method() == "HEAD" {
		return found
	}
	var p problem.Body
	if err := json.Unmarshal(r.body, &p); err != nil {
		return append(found, err.Error())
	}
	known := slices.IndexFunc(problem.Types(), func(reason *problem.Type) bool {
		return reason.Code == p.Code && reason.Title == p.Title && reason.Detail == p.Detail && reason.Hint == p.Hint
	})
	switch {
	case known < 0:
		found = append(found, "a problem that is not in the registry: "+p.Code)
	case p.Status != r.status:
		found = append(found, "a problem whose status is not the answer's")
	case p.Instance != "urn:uuid:"+r.header.Get("X-Request-Id"):
		found = append(found, "a problem whose instance is not X-Request-Id")
	case p.Type != rigOrigin+"/problems/"+p.Code:
		found = append(found, "a problem of type "+p.Type)
	}
	return found
}

// echo returns a run of characters of the call's credentials that an answer repeats.
func echo(c call, r reply) string {
	var sent grams
	sent.add(c.credentials()...)
	for _, values := range r.header {
		for _, v := range values {
			if gram := sent.in(v); gram != "" {
				return gram
			}
		}
	}
	return sent.in(string(r.body))
}

// gramSize is how many characters in a row are no coincidence.
const gramSize = 10

// grams are the runs of gramSize characters of some texts. The zero grams are of none.
type grams struct{ known map[string]bool }

func (g *grams) add(texts ...string) {
	if g.known == nil {
		g.known = map[string]bool{}
	}
	for _, s := range texts {
		for i := 0; i+gramSize <= len(s); i++ {
			g.known[s[i:i+gramSize]] = true
		}
	}
}

// in returns the first run that s has, too.
func (g *grams) in(s string) string {
	for i := 0; i+gramSize <= len(s); i++ {
		if g.known[s[i:i+gramSize]] {
			return s[i : i+gramSize]
		}
	}
	return ""
}

// checkLog fails the test for every record of the log that repeats a credential.
func (r *rig) checkLog(t *testing.T) {
	for _, line := range r.log.lines() {
		if gram := r.sent.in(line); gram != "" {
			t.Errorf("the log repeats %s of a credential: %.300s", gram, line)
		}
	}
}

// TestProperties sees that the checks of every answer find what they look for.
func TestProperties(t *testing.T) {
	t.Parallel()
	token := "eyJhbGciOiJFUzI1NiJ9.e30.c2lnbmF0dXJl"
	sound := func(change func(*reply)) reply {
		r := reply{status: 401, header: map[string][]string{
			"Www-Authenticate": {`Bearer realm="gatehouse"`}, "Content-Type": {"application/problem+json"},
			"X-Request-Id": {"1"}, "Cache-Control": {"no-store"},
		}}
		reason := problem.CredentialsMissing
		r.body, _ = json.Marshal(problem.Body{
			Type: rigOrigin + "/problems/" + reason.Code, Title: reason.Title, Status: 401, Detail: reason.Detail,
			Instance: "urn:uuid:1", Code: reason.Code, Hint: reason.Hint,
		})
		change(&r)
		return r
	}
	replace := func(old, new string) func(*reply) {
		return func(r *reply) { r.body = []byte(strings.Replace(string(r.body), old, new, 1)) }
	}
	for name, test := range map[string]struct {
		change func(*reply)
		faults int
	}{
		"a sound answer":                        {func(*reply) {}, 0},
		"a token in the body":                   {replace("}", `,"got":"`+token[5:15]+`"}`), 1},
		"a token in a header":                   {func(r *reply) { r.header.Set("X-Token", token[20:30]) }, 1},
		"no challenge":                          {func(r *reply) { r.header.Del("Www-Authenticate") }, 1},
		"methods for a stranger":                {func(r *reply) { r.header.Set("Allow", "GET") }, 1},
		"a bare challenge":                      {func(r *reply) { r.header.Set("Www-Authenticate", "Bearer") }, 1},
		"a challenge that does not parse":       {func(r *reply) { r.header.Set("Www-Authenticate", `Bearer realm="x`) }, 1},
		"an unknown code":                       {replace("credentials-missing", "credentials-lost"), 1},
		"another status":                        {replace("401", "403"), 1},
		"another instance":                      {replace("urn:uuid:1", "urn:uuid:2"), 1},
		"another type":                          {replace(rigOrigin, "https://elsewhere.example.com"), 1},
		"a body of another type":                {func(r *reply) { r.header.Set("Content-Type", "text/plain") }, 1},
		"an answer that may be stored":          {func(r *reply) { r.header.Del("Cache-Control") }, 1},
		"a body that is no JSON":                {func(r *reply) { r.body = []byte("no") }, 1},
		"405 without Allow and another status":  {func(r *reply) { r.status = 405 }, 2},
		"503 without Retry-After, other status": {func(r *reply) { r.status = 503 }, 2},
	} {
		t.Run(name, func(t *testing.T) {
			if got := sound(test.change).faults(me(token)); len(got) != test.faults {
				t.Errorf("got %q, want %d faults", got, test.faults)
			}
		})
	}
}
