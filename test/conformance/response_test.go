package conformance

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"example.com/gatehouse/problem"
)

// faults returns what is wrong with a response, whatever the request was.
func (r response) faults(q request) []string {
	var found []string
	if fragment := r.repeats(q); fragment != "" {
		found = append(found, "the response repeats "+fragment+" of the credential")
	}
	if q.netHTTP {
		return found
	}
	if r.status == 401 && len(r.header["Www-Authenticate"]) == 0 {
		found = append(found, "401 without a challenge (RFC 9110, section 15.5.2)")
	}
	if r.status == 401 && r.header["Allow"] != nil {
		found = append(found, "401 that lists the methods of a protected path")
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
		found = append(found, r.problemFaults(q)...)
	}
	return found
}

// problemFaults returns what is wrong with the body of an error (RFC 9457, section 3).
func (r response) problemFaults(q request) []string {
	var found []string
	if r.header.Get("Cache-Control") != "no-store" {
		found = append(found, "an error that may be stored")
	}
	if !r.isProblem() {
		return append(found, "an error of type "+r.header.Get("Content-Type"))
	}
	if q.method() == "HEAD" {
		return found
	}
	var body problem.Body
	if err := json.Unmarshal(r.body, &body); err != nil {
		return append(found, err.Error())
	}
	known := slices.ContainsFunc(problem.Types(), func(p *problem.Type) bool {
		return p.Code == body.Code && p.Title == body.Title && p.Find(body.Detail, body.Hint) != nil
	})
	switch {
	case !known:
		found = append(found, "a problem that is not in the registry: "+body.Code)
	case body.Status != r.status:
		found = append(found, "a problem with another status than the response")
	case body.Instance != "urn:uuid:"+r.header.Get("X-Request-Id"):
		found = append(found, "a problem whose instance is not X-Request-Id")
	case body.Type != publicURL+"/problems/"+body.Code:
		found = append(found, "a problem of type "+body.Type)
	}
	return found
}

// repeats returns a fragment of the request's credentials that is in the response.
func (r response) repeats(q request) string {
	var sent fragments
	sent.add(q.credentials()...)
	for _, values := range r.header {
		for _, v := range values {
			if fragment := sent.in(v); fragment != "" {
				return fragment
			}
		}
	}
	return sent.in(string(r.body))
}

// checkLog fails the test for every record of the log that repeats a credential.
func (a *testAPI) checkLog(t *testing.T) {
	for _, line := range a.lines() {
		if fragment := a.sent.in(line); fragment != "" {
			t.Errorf("the log repeats %s of a credential: %.300s", fragment, line)
		}
	}
}

// fragmentSize is how many equal characters in a row are no coincidence.
const fragmentSize = 10

// fragments are all substrings of fragmentSize characters of some texts. The zero value has none.
type fragments struct{ known map[string]bool }

func (f *fragments) add(texts ...string) {
	if f.known == nil {
		f.known = map[string]bool{}
	}
	for _, s := range texts {
		for i := 0; i+fragmentSize <= len(s); i++ {
			f.known[s[i:i+fragmentSize]] = true
		}
	}
}

// in returns the first fragment that s contains, or the empty string.
func (f *fragments) in(s string) string {
	for i := 0; i+fragmentSize <= len(s); i++ {
		if f.known[s[i:i+fragmentSize]] {
			return s[i : i+fragmentSize]
		}
	}
	return ""
}

// TestEveryFaultIsFound checks the checks: each of these responses has the given number of faults.
func TestEveryFaultIsFound(t *testing.T) {
	t.Parallel()
	token := "eyJhbGciOiJFUzI1NiJ9.e30.c2lnbmF0dXJl"
	missing := problem.CredentialsMissing
	good := func() response {
		body, _ := json.Marshal(missing.Body(publicURL, "1"))
		return response{status: 401, body: body, header: map[string][]string{
			"Www-Authenticate": {`Bearer realm="gatehouse"`}, "Content-Type": {"application/problem+json"},
			"X-Request-Id": {"1"}, "Cache-Control": {"no-store"},
		}}
	}
	replace := func(old, new string) func(*response) {
		return func(r *response) { r.body = []byte(strings.Replace(string(r.body), old, new, 1)) }
	}
	set := func(name, value string) func(*response) { return func(r *response) { r.header.Set(name, value) } }
	for name, test := range map[string]struct {
		change func(*response)
		faults int
	}{
		"a correct response":                    {func(*response) {}, 0},
		"a token in the body":                   {replace("}", `,"got":"`+token[5:15]+`"}`), 1},
		"a token in a header":                   {set("X-Token", token[20:30]), 1},
		"no challenge":                          {func(r *response) { r.header.Del("Www-Authenticate") }, 1},
		"methods for an anonymous caller":       {set("Allow", "GET"), 1},
		"a challenge without a parameter":       {set("Www-Authenticate", "Bearer"), 1},
		"a challenge that does not parse":       {set("Www-Authenticate", `Bearer realm="x`), 1},
		"an unknown code":                       {replace("credentials-missing", "credentials-lost"), 1},
		"another status":                        {replace("401", "403"), 1},
		"another instance":                      {replace("urn:uuid:1", "urn:uuid:2"), 1},
		"another type":                          {replace(publicURL, "https://elsewhere.example.com"), 1},
		"a body of another type":                {set("Content-Type", "text/plain"), 1},
		"a response that may be stored":         {func(r *response) { r.header.Del("Cache-Control") }, 1},
		"a body that is no JSON":                {func(r *response) { r.body = []byte("no") }, 1},
		"405 without Allow and another status":  {func(r *response) { r.status = 405 }, 2},
		"503 without Retry-After, other status": {func(r *response) { r.status = 503 }, 2},
	} {
		t.Run(name, func(t *testing.T) {
			r := good()
			test.change(&r)
			if got := r.faults(me(token)); len(got) != test.faults {
				t.Errorf("got %q, want %d faults", got, test.faults)
			}
		})
	}
}
