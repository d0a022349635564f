package handlers_test

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"example.com/gatehouse/handlers/apitest"
	"example.com/gatehouse/problem"
)

// memberError returns the errors member of a problem with one member of the body. An empty pointer is the body.
func memberError(pointer, message string) string {
	if pointer == "" {
		return fmt.Sprintf(`"errors":[{"message":%q}]`, message)
	}
	return fmt.Sprintf(`"errors":[{"pointer":%q,"message":%q}]`, pointer, message)
}

func TestBodiesAreValidated(t *testing.T) {
	api := startSamples(t)
	alice := user(api, "alice")
	const malformed, unknown, wrong = "is not well formed", "is not known", "has the wrong type"
	for _, test := range []struct {
		name, body string
		problem    *problem.Type // nil if the body is accepted
		errors     string
	}{
		{"an item", named("Lantern"), nil, ""},
		{"members in another order, and white space", " {\"description\":\"d\",\r\n\t\"name\":\"n\"} \n", nil, ""},
		{"characters are counted, not bytes", `{"name":"` + strings.Repeat("ä", 100) + `"}`, nil, ""},
		{"white space alone", " \n", problem.BodyMalformed, memberError("", malformed)},
		{"incomplete", `{"name":"Lan`, problem.BodyMalformed, memberError("/name", malformed)},
		{"two values", `{"name":"a"}{"name":"b"}`, problem.BodyMalformed, memberError("", malformed)},
		{"a text after the value", `{"name":"a"} x`, problem.BodyMalformed, memberError("", malformed)},
		{"a trailing comma", `{"name":"a",}`, problem.BodyMalformed, memberError("", malformed)},
		{"a comment", `{"name":"a"/**/}`, problem.BodyMalformed, memberError("", malformed+" at byte 12")},
		{"single quotes", `{'name':'a'}`, problem.BodyMalformed, memberError("", malformed)},
		{"a member twice", `{"name":"a","name":"b"}`, problem.BodyMalformed, memberError("/name", malformed)},
		{"a byte order mark", "\ufeff{\"name\":\"a\"}", problem.BodyMalformed, memberError("", "must not begin with a byte order mark")},
		{"invalid UTF-8", "{\"name\":\"\xff\"}", problem.BodyMalformed, memberError("/name", malformed+" at byte 10")},
		{"half a surrogate pair", `{"name":"\ud800"}`, problem.BodyMalformed, memberError("/name", malformed+" at byte 10")},
		{"an unknown member", `{"name":"a","color":"red"}`, problem.MemberUnknown, memberError("/color", unknown)},
		{"a member that callers cannot write", `{"name":"a","id":"1"}`, problem.MemberUnknown, memberError("/id", unknown)},
		{"a member in another case", `{"Name":"a"}`, problem.MemberUnknown, memberError("/Name", unknown)},
		{"an unknown member with an escaped pointer", `{"a/b~c":1}`, problem.MemberUnknown, memberError("/a~1b~0c", unknown)},
		{"a number for a string", `{"name":5}`, problem.MemberTypeWrong, memberError("/name", wrong)},
		{"an array for a string", `{"name":"a","description":["b"]}`, problem.MemberTypeWrong, memberError("/description", wrong)},
		{"null for a string", `{"name":null}`, problem.MemberTypeWrong, memberError("/name", wrong)},
		{"null for an optional string", `{"name":"a","description":null}`, problem.MemberTypeWrong, memberError("/description", wrong)},
		{"null", `null`, problem.MemberTypeWrong, memberError("", wrong)},
		{"an array", `[]`, problem.MemberTypeWrong, memberError("", wrong)},
		{"a number", `5`, problem.MemberTypeWrong, memberError("", wrong)},
		{"a string", `"{}"`, problem.MemberTypeWrong, memberError("", wrong)},
		{"a missing member", `{}`, problem.ValidationFailed, memberError("/name", "is required")},
		{"an empty member", `{"name":""}`, problem.ValidationFailed, memberError("/name", "is required")},
		{"a long member", `{"name":"` + strings.Repeat("ä", 101) + `"}`, problem.ValidationFailed, memberError("/name", "must have at most 100 characters")},
		{"a character that no database stores", `{"name":"a\u0000b"}`, problem.ValidationFailed, memberError("/name", "must not have the character U+0000")},
		{"several broken rules at once", `{"description":"` + strings.Repeat("d", 1001) + `"}`, problem.ValidationFailed,
			`"errors":[{"pointer":"/name","message":"is required"},{"pointer":"/description","message":"must have at most 1000 characters"}]`},
	} {
		t.Run(test.name, func(t *testing.T) {
			r := api.Call(t, alice, "POST /samples", test.body)
			if test.problem == nil {
				r.WantStatus(t, http.StatusCreated)
				return
			}
			r.WantProblem(t, test.problem, test.errors)
		})
	}
}

func TestBodiesAreUncompressedJSON(t *testing.T) {
	api := startSamples(t)
	alice := user(api, "alice")
	const noJSON, noIdentity = "Accept: application/json", "Accept-Encoding: identity" // RFC 9110, section 15.5.16
	for _, test := range []struct {
		name    string
		headers []string
		accepts string // what the response accepts; empty if the body is accepted
	}{
		{"JSON", []string{"Content-Type: application/json"}, ""},
		{"a charset", []string{"Content-Type: application/json; charset=utf-8"}, ""},
		{"a charset in quotes", []string{`Content-Type: application/json;charset="UTF-8"`}, ""},
		{"a charset without a hyphen", []string{"Content-Type: application/json; charset=utf8"}, ""},
		{"the same charset twice", []string{"Content-Type: application/json; charset=utf-8; charset=utf-8"}, ""},
		{"another case", []string{"Content-Type: Application/JSON"}, ""},
		{"an empty parameter", []string{"Content-Type: application/json;"}, ""},
		{"another parameter", []string{"Content-Type: application/json;odata=verbose"}, ""},
		{"no coding", []string{"Content-Type: application/json", "Content-Encoding: identity"}, ""},
		{"no type", nil, noJSON},
		{"an empty type", []string{"Content-Type: "}, noJSON},
		{"text", []string{"Content-Type: text/plain"}, noJSON},
		{"another charset", []string{"Content-Type: application/json; charset=latin1"}, noJSON},
		{"two charsets", []string{"Content-Type: application/json; charset=utf-8; charset=latin1"}, noJSON},
		{"two types", []string{"Content-Type: application/json, text/plain"}, noJSON},
		{"the header twice", []string{"Content-Type: application/json", "Content-Type: text/plain"}, noJSON},
		{"the same header twice", []string{"Content-Type: application/json", "Content-Type: application/json"}, noJSON},
		{"a longer type", []string{"Content-Type: application/jsonp"}, noJSON},
		{"a patch", []string{"Content-Type: application/merge-patch+json"}, noJSON},
		{"a form", []string{"Content-Type: application/x-www-form-urlencoded"}, noJSON},
		{"a form with files", []string{"Content-Type: multipart/form-data; boundary=x"}, noJSON},
		{"gzip", []string{"Content-Type: application/json", "Content-Encoding: gzip"}, noIdentity},
		{"gzip in a second header", []string{"Content-Type: application/json", "Content-Encoding: identity", "Content-Encoding: gzip"}, noIdentity},
	} {
		t.Run(test.name, func(t *testing.T) {
			request := api.Request(t, alice, "POST /samples", strings.NewReader(named("a")))
			for _, header := range test.headers {
				name, value, _ := strings.Cut(header, ": ")
				request.Header.Add(name, value)
			}
			r := api.Send(t, request)
			if test.accepts == "" {
				r.WantStatus(t, http.StatusCreated)
				return
			}
			r.WantProblem(t, problem.MediaTypeUnsupported)
			name, value, _ := strings.Cut(test.accepts, ": ")
			if got := r.Header.Get(name); got != value || len(r.Header["Accept"])+len(r.Header["Accept-Encoding"]) != 1 {
				t.Errorf("%s is %q, want %s alone", name, got, value)
			}
		})
	}
}

func TestBodiesHaveALimit(t *testing.T) {
	api := startSamples(t)
	alice := user(api, "alice")
	const limit = 64 << 10
	padded := func(size int) io.Reader {
		return strings.NewReader(named("a") + strings.Repeat(" ", size-len(named("a"))))
	}
	for _, test := range []struct {
		name     string
		body     io.Reader
		accepted bool
	}{
		{"64 KiB", padded(limit), true},
		{"64 KiB in chunks", io.MultiReader(padded(limit)), true},
		{"a byte more", padded(limit + 1), false},
		{"a byte more in chunks", io.MultiReader(padded(limit + 1)), false},
		{"a name of 1 MiB", strings.NewReader(named(strings.Repeat("a", 1<<20))), false},
	} {
		t.Run(test.name, func(t *testing.T) {
			request := api.Request(t, alice, "POST /samples", test.body)
			request.Header.Set("Content-Type", "application/json")
			if r := api.Send(t, request); test.accepted {
				r.WantStatus(t, http.StatusCreated)
			} else {
				r.WantProblem(t, problem.BodyTooLarge)
			}
		})
	}
}

// exchange sends a text on a new connection to a server, and returns the response. If closed is true, it
// closes its side of the connection, so that the server does not wait for more.
func exchange(t *testing.T, url, text string, closed bool) *apitest.Response {
	t.Helper()
	conn, err := net.Dial("tcp", strings.TrimPrefix(url, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	conn.SetDeadline(time.Now().Add(5 * time.Second))
	if _, err := io.WriteString(conn, text); err != nil {
		t.Fatal(err)
	}
	if closed {
		conn.(*net.TCPConn).CloseWrite()
	}
	response, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		t.Fatalf("no response: %v", err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return &apitest.Response{Status: response.StatusCode, Header: response.Header, Body: strings.TrimSuffix(string(body), "\n")}
}

// postHead returns the first lines of a request that creates an item.
func postHead(token string) string {
	return "POST /samples HTTP/1.1\r\nHost: api\r\nAuthorization: Bearer " + token + "\r\nContent-Type: application/json\r\n"
}

func TestIncompleteBodiesChangeNothing(t *testing.T) {
	api := startSamples(t)
	alice := user(api, "alice")
	for name, rest := range map[string]string{
		"in the middle":                          "Content-Length: 40\r\n\r\n{\"name\":\"Lan",
		"in a chunk":                             "Transfer-Encoding: chunked\r\n\r\n40\r\n{\"name\":\"Lan",
		"after the value, before the length":     "Content-Length: 40\r\n\r\n{\"name\":\"a\"}",
		"after the value, before the last chunk": "Transfer-Encoding: chunked\r\n\r\nc\r\n{\"name\":\"a\"}\r\n",
	} {
		t.Run(name, func(t *testing.T) {
			r := exchange(t, api.URL, postHead(alice)+rest, true)
			if r.Status != http.StatusBadRequest || !strings.Contains(r.Body, `"code":"body-malformed"`) {
				t.Errorf("got %d %s", r.Status, r.Body)
			}
		})
	}
	api.Call(t, alice, "GET /samples", "").WantJSON(t, 200, noSamples)
}

func TestLateBodiesChangeNothing(t *testing.T) {
	api := startSamples(t)
	impatient := httptest.NewUnstartedServer(api)
	impatient.Config.ReadTimeout = 200 * time.Millisecond
	impatient.Start()
	t.Cleanup(impatient.Close)
	alice := user(api, "alice")
	exchange(t, impatient.URL, postHead(alice)+"Content-Length: 40\r\n\r\n{\"name\":\"Lan", false).WantProblem(t, problem.RequestTimeout)
	api.Call(t, alice, "GET /samples", "").WantJSON(t, 200, noSamples)
}

func TestBodiesOfAnonymousCallersAreNotRead(t *testing.T) {
	api := startSamples(t)
	const head = "POST /samples HTTP/1.1\r\nHost: api\r\nContent-Length: 104857600\r\n"
	for name, text := range map[string]string{
		"100 MB":                head + "Content-Type: application/json\r\n\r\n",
		"another media type":    head + "Content-Type: text/plain\r\n\r\n",
		"a body that waits":     head + "Content-Type: application/json\r\nExpect: 100-continue\r\n\r\n",
		"an unknown path":       strings.Replace(head, "/samples", "/samples/1/2", 1) + "\r\n",
		"a forged access token": head + "Authorization: Bearer forged\r\nContent-Type: application/json\r\n\r\n",
	} {
		t.Run(name, func(t *testing.T) {
			exchange(t, api.URL, text, false).WantStatus(t, http.StatusUnauthorized)
		})
	}
}
