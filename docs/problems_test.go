package docs_test

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"html"
	"regexp"
	"strings"
	"testing"
	"time"

	"example.com/gatehouse/auth"
	"example.com/gatehouse/docs"
	"example.com/gatehouse/problem"
)

const browser = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8"

func TestEveryProblemHasAPageInBothForms(t *testing.T) {
	c := config(t)
	server := serve(t, c)
	for _, of := range problem.Types() {
		t.Run(of.Code, func(t *testing.T) {
			r, body := get(t, "GET", server.URL+"/problems/"+of.Code, "Accept", browser)
			page := html.UnescapeString(string(body))
			if r.StatusCode != 200 || r.Header.Get("Content-Type") != "text/html; charset=utf-8" {
				t.Fatalf("got %d, %s", r.StatusCode, r.Header.Get("Content-Type"))
			}
			challenge := c.Challenge(of, auth.Requirement{Scopes: []string{"items:read"}, MaxAge: 5 * time.Minute})
			for _, want := range []string{
				"<title>" + of.Title, of.Detail, of.Hint, challenge,
				`"type": "https://api.example.com/problems/` + of.Code + `"`, `"code": "` + of.Code + `"`,
				`Authorization: Bearer $TOKEN`, `href="/problems"`, `href="/docs/"`,
			} {
				if !strings.Contains(page, want) {
					t.Errorf("no %q", want)
				}
			}

			r, body = get(t, "GET", server.URL+"/problems/"+of.Code)
			var got map[string]any
			if err := json.Unmarshal(body, &got); err != nil {
				t.Fatalf("%v in %s", err, body)
			}
			if got["code"] != of.Code || got["status"] != float64(of.Status) || got["title"] != of.Title ||
				got["detail"] != of.Detail || got["hint"] != of.Hint || r.Header.Get("Content-Type") != "application/json" {
				t.Errorf("got %v", got)
			}
		})
	}
}

func TestPagesShowEveryVariantInBothForms(t *testing.T) {
	c := config(t)
	c.Audience = []string{"urn:api"}
	server := serve(t, c)
	fill := strings.NewReplacer("{issuer}", issuer, "{audience}", "urn:api")
	for _, of := range problem.Types() {
		_, body := get(t, "GET", server.URL+"/problems/"+of.Code, "Accept", browser)
		page := html.UnescapeString(string(body))
		_, body = get(t, "GET", server.URL+"/problems/"+of.Code)
		var list docs.ProblemType
		if err := json.Unmarshal(body, &list); err != nil || len(list.Variants) != len(of.Variants()) {
			t.Fatalf("%s: got %d variants and %v", of.Code, len(list.Variants), err)
		}
		for i, v := range of.Variants() {
			got := list.Variants[i]
			if got.Name != v.Name || got.Detail != fill.Replace(v.Detail) || got.Hint != fill.Replace(v.Hint) || got.AtFault != v.AtFault {
				t.Errorf("%s: got %+v", v.Error(), got)
			}
			if got.Fixed == got.Request && got.Where == "" || !strings.HasPrefix(got.Request, "curl -i") {
				t.Errorf("%s: the request is %q, where %q, and the fixed one %q", v.Error(), got.Request, got.Where, got.Fixed)
			}
			for _, want := range []string{got.Detail, got.Hint, got.Request, got.Where, got.Fixed} {
				if !strings.Contains(page, want) {
					t.Errorf("%s: the page has no %q", v.Error(), want)
				}
			}
		}
	}
}

func TestPageShowsARequestAndItsResponse(t *testing.T) {
	server := serve(t, config(t))
	const anywhere, body = "curl -i https://api.example.com/... ", `-H "Content-Type: application/json" -d @body.json`
	tests := []struct{ code, request, response string }{
		{"token-expired", "curl -i https://api.example.com/me \\\n  -H \"Authorization: Bearer $TOKEN\"", `"status": 401`},
		{"scope-insufficient", "curl -i https://api.example.com/me ", `scope="items:read"`},
		{"access-denied", "curl -i https://api.example.com/me ", `"status": 403`},
		{"step-up-required", "curl -i https://api.example.com/me ", `max_age="300"`},
		{"auth-unavailable", "curl -i https://api.example.com/me ", "Retry-After: 5"},
		{"method-not-allowed", "curl -i https://api.example.com/me ", "\nAllow: GET, HEAD\n"},
		{"body-malformed", anywhere, `"errors": [`},
		{"media-type-unsupported", body, `"status": 415`},
		{"validation-failed", body, `"pointer": "/name"`},
		{"precondition-failed", body, `"status": 412`},
		{"precondition-required", `-X PUT -H 'If-Match: "1"'`, `"status": 428`},
	}
	for _, tt := range tests {
		t.Run(tt.code, func(t *testing.T) {
			_, body := get(t, "GET", server.URL+"/problems/"+tt.code, "Accept", browser)
			page := html.UnescapeString(string(body))
			for _, want := range []string{tt.request, tt.response} {
				if !strings.Contains(page, want) {
					t.Errorf("no %q", want)
				}
			}
		})
	}
}

func TestFormIsChosenByAccept(t *testing.T) {
	server := serve(t, config(t))
	tests := []struct{ name, accept, want string }{
		{"a browser", browser, "text/html; charset=utf-8"},
		{"a program that takes anything", "*/*", "application/json"},
		{"a program that takes any text", "text/*", "application/json"},
		{"JSON by name", "application/json", "application/json"},
		{"HTML by name", "text/html", "text/html; charset=utf-8"},
		{"HTML in another case", "Text/HTML", "text/html; charset=utf-8"},
		{"both, HTML preferred", "application/json;q=0.5, text/html", "text/html; charset=utf-8"},
		{"both, JSON preferred", "text/html;q=0.5, application/json", "application/json"},
		{"both alike", "application/json, text/html", "text/html; charset=utf-8"},
		{"HTML excluded", "text/html;q=0, */*", "application/json"},
		{"a weight out of range", "text/html;q=2", "application/json"},
		{"a malformed weight", "text/html;q=high", "application/json"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			for _, path := range []string{"/problems", "/problems/token-expired"} {
				r, _ := get(t, "GET", server.URL+path, "Accept", tt.accept)
				if got := r.Header.Get("Content-Type"); got != tt.want {
					t.Errorf("%s: got %s, want %s", path, got, tt.want)
				}
				if vary := strings.Join(r.Header["Vary"], ", "); vary != "Accept, Accept-Encoding" {
					t.Errorf("%s: got Vary %s", path, vary)
				}
			}
		})
	}
}

func TestUnknownCodesAreLeftToTheHandler(t *testing.T) {
	server := serve(t, config(t))
	for _, code := range []string{"nothing", "index.html", "..%2Fproblems", "%20"} {
		r, body := get(t, "GET", server.URL+"/problems/"+code, "Accept", browser)
		if r.StatusCode != 404 || len(body) != 0 || r.Header.Get("ETag") != "" {
			t.Errorf("%s: got %d, %q, want nothing but the handler's own response", code, r.StatusCode, body)
		}
	}
	site, err := docs.New(config(t))
	if err != nil {
		t.Fatal(err)
	}
	if err := site.Describe(routes()); err != nil {
		t.Fatal(err)
	}
	if site.Problem(nil, nil, "") {
		t.Error("the empty code is one")
	}
}

func TestIndexHasFourQuestions(t *testing.T) {
	c := config(t)
	c.Audience = []string{"urn:a", "urn:b"}
	_, body := get(t, "GET", serve(t, c).URL+"/problems", "Accept", browser)
	page := html.UnescapeString(string(body))
	steps, table, ok := strings.Cut(page, "All codes")
	if !ok {
		t.Fatal("no table of all codes")
	}
	questions := strings.Split(steps, `<li id="step-`)[1:]
	if len(questions) != 4 {
		t.Fatalf("got %d questions", len(questions))
	}
	// Each code of a 401 or 403 is under one question, and the right one.
	want := map[*problem.Type]int{
		problem.CredentialsMissing: 1, problem.SchemeUnsupported: 1, problem.CredentialsMalformed: 1, problem.CredentialsMultiple: 1,
		problem.CredentialsTooLarge: 1, problem.TokenMalformed: 2, problem.AudienceWrong: 2, problem.TokenExpired: 2, problem.SignatureInvalid: 2,
		problem.TokenTypeWrong: 3, problem.IssuerWrong: 3, problem.KeyUnknown: 3, problem.StepUpRequired: 3,
		problem.ScopeInsufficient: 4, problem.AccessDenied: 4,
	}
	for _, r := range problem.Types() {
		link := `href="problems/` + r.Code + `"`
		if !strings.Contains(table, link) {
			t.Errorf("%s is not in the table", r.Code)
		}
		found := 0
		for i, question := range questions {
			if strings.Contains(question, link) && (want[r] == 0 || want[r] == i+1) {
				found++
			}
		}
		if asked := r.Status == 401 || r.Status == 403 || r.OAuth != ""; asked != (found == 1) || strings.Count(steps, link) != found {
			t.Errorf("%s is under %d questions, or the wrong one", r.Code, found)
		}
	}
	for i, want := range []string{
		"curl -i https://api.example.com/me ", "urn:a or urn:b", issuer + "/.well-known/openid-configuration", "curl -si https://api.example.com/... ",
	} {
		if !strings.Contains(questions[i], want) {
			t.Errorf("question %d lacks %s", i+1, want)
		}
	}
}

func TestIndexAsJSON(t *testing.T) {
	c := config(t)
	_, body := get(t, "GET", serve(t, c).URL+"/problems")
	var list struct {
		Problems []struct{ Type, Code, Error string }
	}
	if err := json.Unmarshal(body, &list); err != nil || len(list.Problems) != len(problem.Types()) {
		t.Fatalf("got %d problems and %v, want %d", len(list.Problems), err, len(problem.Types()))
	}
	for i, p := range list.Problems {
		if r := problem.Types()[i]; p.Code != r.Code || p.Error != r.OAuth || p.Type != publicURL+"/problems/"+r.Code {
			t.Errorf("got %+v, want %s", p, r.Code)
		}
	}
}

func TestHostileTextIsShownAsText(t *testing.T) {
	const hostile = `</style></pre><script>alert("x")</script><img src=x onerror=alert(1)>`
	c := config(t)
	c.Title, c.Version, c.Issuers[0].URL = hostile, hostile, hostile
	c.Challenger = &auth.Challenger{Realm: hostile}
	server := serve(t, c)
	for _, path := range []string{"/problems", "/problems/token-expired"} {
		_, body := get(t, "GET", server.URL+path, "Accept", browser)
		for _, tag := range []string{"<script", "<img", "</pre><"} {
			if strings.Contains(string(body), tag) {
				t.Errorf("%s: %s is in the page", path, tag)
			}
		}
		if n := strings.Count(html.UnescapeString(string(body)), hostile); n < 3 {
			t.Errorf("%s: the text is shown %d times", path, n)
		}
	}
}

// A code is the last element of an address, and the name of an example.
func TestCodesAreUniqueAndFitAnAddress(t *testing.T) {
	seen := map[string]bool{}
	for _, r := range problem.Types() {
		if !regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`).MatchString(r.Code) || seen[r.Code] {
			t.Errorf("%q is not a code of its own in lower case", r.Code)
		}
		seen[r.Code] = true
	}
}

func TestPolicyOfAPageAllowsItsOwnStyleAlone(t *testing.T) {
	r, body := get(t, "GET", serve(t, config(t)).URL+"/problems", "Accept", browser)
	style := regexp.MustCompile(`(?s)<style>(.*)</style>`).FindSubmatch(body)
	if style == nil {
		t.Fatal("no style")
	}
	sum := sha256.Sum256(style[1])
	want := "default-src 'none'; style-src 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) +
		"'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'"
	if got := r.Header.Get("Content-Security-Policy"); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	for _, outside := range []string{"<script", "<link", "<img", "url(", "@import", " style="} {
		if strings.Contains(string(body), outside) {
			t.Errorf("the page has %s", outside)
		}
	}
}

func TestIndexNamesTheCommands(t *testing.T) {
	for _, noUI := range []bool{false, true} {
		c := config(t)
		c.NoUI = noUI
		_, body := get(t, "GET", serve(t, c).URL+"/problems", "Accept", browser)
		for i, command := range []string{"go run . token", "go run . explain", "go run . doctor", "go run . routes"} {
			if question := strings.Split(string(body), `<li id="step-`)[i+1]; !strings.Contains(question, command) {
				t.Errorf("question %d lacks %s", i+1, command)
			}
		}
	}
}

func TestPagesFollowTheConfiguration(t *testing.T) {
	c := config(t)
	c.NoUI, c.Minimal = true, true
	server := serve(t, c)
	_, index := get(t, "GET", server.URL+"/problems", "Accept", browser)
	_, page := get(t, "GET", server.URL+"/problems/token-expired", "Accept", browser)
	if strings.Contains(string(index)+string(page), "/docs/") || strings.Contains(string(index)+string(page), "/openapi.json") {
		t.Error("a page leads to Swagger UI, which is not there")
	}
	if !strings.Contains(string(index), "for every token that it does not accept") {
		t.Error("the index does not say that details are minimal")
	}
}
