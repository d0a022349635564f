package handlers_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"example.com/gatehouse/auth/authtest"
	"example.com/gatehouse/handlers/apitest"
	"example.com/gatehouse/problem"
)

// TestEveryVariantIsWhatItsCauseGets sends the request that the page of every variant shows, and compares the whole
// response: body and challenge, no echo of what was sent, and the same headers under HEAD.
func TestEveryVariantIsWhatItsCauseGets(t *testing.T) {
	t.Parallel()
	shared := apitest.Start(t)
	shared.Call(t, shared.Issuer.Token(), "GET /me", "") // which waits for the keys
	for _, typ := range problem.Types() {
		for _, v := range typ.Variants() {
			t.Run(v.Code+"/"+v.Name, func(t *testing.T) {
				s, ok := situations[v]
				if ok != (v.Cause.While != "") {
					t.Fatalf("the test makes a situation: %v, and the page names %q", ok, v.Cause.While)
				}
				if ok {
					s.check(t, v)
					return
				}
				api := shared
				if strings.Contains(v.Cause.Token, "another") { // an unknown key makes others wait
					api = apitest.Start(t)
					api.Call(t, api.Issuer.Token(), "GET /me", "")
				}
				checkCause(t, api, v)
			})
		}
	}
}

// checkCause sends the cause of a variant.
func checkCause(t *testing.T, api *apitest.API, v *problem.Variant) {
	t.Helper()
	r := requestOf(t, api, v.Cause)
	got := api.Send(t, r)
	checkVariant(t, api, v, got)
	for _, sent := range r.Header.Values("Authorization") {
		_, credential, _ := strings.Cut(sent, " ")
		wantNoPart(t, strings.ReplaceAll(credential, "access_token", ""), got.Body+fmt.Sprint(got.Header))
	}
	if r.Method != http.MethodGet {
		return
	}
	head := requestOf(t, api, v.Cause)
	head.Method = http.MethodHead
	alone := api.Send(t, head)
	for _, name := range []string{"WWW-Authenticate", "Retry-After", "Content-Type", "Cache-Control"} {
		if a, b := timeless(got.Header.Get(name)), timeless(alone.Header.Get(name)); a != b {
			t.Errorf("%s is %q under GET and %q under HEAD", name, a, b)
		}
	}
	if alone.Status != got.Status || alone.Body != "" {
		t.Errorf("HEAD gets %d %s", alone.Status, alone.Body)
	}
}

// seconds are numbers that depend on when a request is sent.
var seconds = regexp.MustCompile(`\d+`)

func timeless(text string) string { return seconds.ReplaceAllString(text, "0") }

// checkVariant compares a response with a variant: the texts that stand in the table, with the facts that the test expects.
func checkVariant(t *testing.T, api *apitest.API, v *problem.Variant, r *apitest.Response) {
	t.Helper()
	body := apitest.Decode[problem.Body](t, r)
	if found := v.Find(body.Detail, body.Hint); found != v || body.Code != v.Code || body.AtFault != v.AtFault {
		t.Fatalf("got %d %s\nwant %s", r.Status, r.Body, v.Detail)
	}
	if strings.ContainsAny(body.Detail+body.Hint, "{}") && !strings.Contains(v.Hint, `{"`) {
		t.Errorf("a slot is not filled in %q or %q", body.Detail, body.Hint)
	}
	challenge := r.Header.Get("WWW-Authenticate")
	if said := strings.Contains(challenge, fmt.Sprintf(`error_description="%s"`, body.Detail)); said != (v.OAuth != "") {
		t.Errorf("the challenge is %s, and the detail %q", challenge, body.Detail)
	}
	got := fmt.Sprintf("%s %s %s\n\t%s\n\t%s\n", v.Code, v.Name, body.AtFault, body.Detail, body.Hint)
	got = varying.ReplaceAllString(strings.ReplaceAll(got, api.Issuer.URL, "https://id.example.com"), "N$1$2")
	if !strings.Contains(recorded(t), "\n"+got) {
		t.Errorf("testdata/variants.txt does not have\n%s", got)
	}
}

// varying are the numbers and instants that differ from one run to the next.
var varying = regexp.MustCompile(`\d{4}-\d\d-\d\dT[\d:]+Z|\d+( seconds)|\d+( bytes)`)

// recorded returns what every variant says, which nothing but a change of a text may change.
func recorded(t *testing.T) string {
	t.Helper()
	files, err := filepath.Glob("testdata/variants*.txt")
	if err != nil || len(files) == 0 {
		t.Fatalf("got %v and %v", files, err)
	}
	all := "\n"
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		all += string(data)
	}
	return all
}

// requestOf returns the request of a cause.
func requestOf(t *testing.T, api *apitest.API, c problem.Cause) *http.Request {
	t.Helper()
	token := tokenOf(t, api, c.Token)
	line := strings.ReplaceAll(c.Line, "...", "a-token-a-token")
	if line == "" {
		line = "GET /me"
	}
	if strings.Contains(line, "{id}") {
		item := newItem(t, api, api.Token("alice", "items:read items:write"))
		line = strings.ReplaceAll(line, "{id}", path.Base(item))
	}
	r := api.Request(t, "", line, strings.NewReader(strings.ReplaceAll(c.Body, "...", "a-token-a-token")))
	for _, header := range c.Header {
		name, value, _ := strings.Cut(header, ": ")
		r.Header.Add(name, strings.ReplaceAll(value, "...", "a-token-a-token"))
	}
	if c.Authorization == nil && !c.Anonymous {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	for _, value := range c.Authorization {
		r.Header.Add("Authorization", strings.ReplaceAll(value, "{token}", token))
	}
	return r
}

// tokenOf returns an access token with the difference of a cause.
func tokenOf(t *testing.T, api *apitest.API, difference string) string {
	t.Helper()
	var d struct {
		Header         map[string]any
		Claims         authtest.Claims
		Key, Signature string
	}
	if difference != "" {
		if err := json.Unmarshal([]byte(filled(api, difference)), &d); err != nil {
			t.Fatalf("%v in %s", err, difference)
		}
	}
	header, key := map[string]any{"typ": "at+jwt"}, api.Issuer.Key()
	maps.Copy(header, d.Header)
	switch another := authtest.NewKey("ES256"); d.Key {
	case "another":
		key = another
	case "forged":
		key = &authtest.Key{ID: key.ID, Algorithm: key.Algorithm, Private: another.Private}
	}
	token := key.Sign(header, api.Issuer.Claims(d.Claims))
	switch last := strings.LastIndexByte(token, '.'); d.Signature {
	case "none":
		token = token[:last+1]
	case "short":
		token = token[:last+1+40]
	}
	return token
}

var (
	relative = regexp.MustCompile(`"\{now([+-]\d+)\}(000)?"`)
	repeated = regexp.MustCompile(`\{(\d+) characters\}`)
)

// filled returns a difference with values in its braces.
func filled(api *apitest.API, difference string) string {
	difference = relative.ReplaceAllStringFunc(difference, func(s string) string {
		parts := relative.FindStringSubmatch(s)
		offset, _ := strconv.Atoi(parts[1])
		return strconv.FormatInt(time.Now().Unix()+int64(offset), 10) + parts[2]
	})
	difference = repeated.ReplaceAllStringFunc(difference, func(s string) string {
		n, _ := strconv.Atoi(repeated.FindStringSubmatch(s)[1])
		return strings.Repeat("a", n)
	})
	return strings.NewReplacer(
		"{issuer}", api.Issuer.URL, "{audience}", apitest.PublicURL,
		"{issuer, with the other scheme}", strings.Replace(api.Issuer.URL, "http:", "https:", 1),
		"{issuer, with another port}", api.Issuer.URL[:strings.LastIndexByte(api.Issuer.URL, ':')]+":1",
		"{issuer, in upper case}", strings.ToUpper(api.Issuer.URL),
		"{issuer, by another name}", strings.Replace(api.Issuer.URL, "127.0.0.1", "localhost", 1),
	).Replace(difference)
}

// TestEveryVariantHasItsOwnTexts finds variants that cannot be distinguished, and texts that a challenge cannot have.
func TestEveryVariantHasItsOwnTexts(t *testing.T) {
	all := 0
	for _, typ := range problem.Types() {
		var names, details []string
		all += len(typ.Variants())
		for _, v := range typ.Variants() {
			if slices.Contains(names, v.Name) || slices.Contains(details, v.Detail) || v.Detail == typ.Detail {
				t.Errorf("%s has the name or the detail of another", v.Error())
			}
			if !strings.Contains(recorded(t), fmt.Sprintf("\n%s %s %s\n", v.Code, v.Name, v.AtFault)) {
				t.Errorf("testdata/variants.txt does not have %s", v.Error())
			}
			names, details = append(names, v.Name), append(details, v.Detail)
			outside := func(c rune) bool { return c < ' ' || c > '~' || c == '"' || c == '\\' }
			if strings.ContainsFunc(v.Detail, outside) || !strings.HasSuffix(v.Detail, ".") || !strings.HasSuffix(v.Hint, ".") || v.Name == "" || v.AtFault == "" {
				t.Errorf("%s: %q, %q", v.Error(), v.Detail, v.Hint)
			}
		}
	}
	if lines := strings.Count(recorded(t), "\n") - 1; lines != 3*all {
		t.Errorf("testdata/variants.txt has %d lines for %d variants", lines, all)
	}
}
