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

	"example.com/gatehouse/auth"
	"example.com/gatehouse/handlers"
	"example.com/gatehouse/handlers/apitest"
	"example.com/gatehouse/problem"
	"github.com/gin-gonic/gin"
)

// memberError returns the errors member of a problem with one member of the body. An empty pointer is the body.
func memberError(pointer, message string) string {
	if pointer == "" {
		return fmt.Sprintf(`"errors":[{"message":%q}]`, message)
	}
	return fmt.Sprintf(`"errors":[{"pointer":%q,"message":%q}]`, pointer, message)
}

func TestBodiesAreValidated(t *testing.T) {
	api := apitest.Start(t)
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
		{"a comment", `{"name":"a"/**/}`, problem.BodyMalformed, memberError("", malformed)},
		{"single quotes", `{'name':'a'}`, problem.BodyMalformed, memberError("", malformed)},
		{"a member twice", `{"name":"a","name":"b"}`, problem.BodyMalformed, memberError("/name", malformed)},
		{"a byte order mark", "\ufeff{\"name\":\"a\"}", problem.BodyMalformed, memberError("", malformed)},
		{"invalid UTF-8", "{\"name\":\"\xff\"}", problem.BodyMalformed, memberError("/name", malformed)},
		{"half a surrogate pair", `{"name":"\ud800"}`, problem.BodyMalformed, memberError("/name", malformed)},
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
			r := api.Call(t, alice, "POST /items", test.body)
			if test.problem == nil {
				r.WantStatus(t, http.StatusCreated)
				return
			}
			r.WantProblem(t, test.problem, test.errors)
		})
	}
}

func TestBodiesAreUncompressedJSON(t *testing.T) {
	api := apitest.Start(t)
	alice := user(api, "alice")
	for _, test := range []struct {
		mediaType string
		accepted  bool
	}{
		{"application/json", true},
		{"application/json; charset=utf-8", true},
		{`application/json;charset="UTF-8"`, true},
		{"Application/JSON", true},
		{"", false},
		{"text/plain", false},
		{"application/json; charset=latin1", false},
		{"application/json; charset=utf-8; charset=latin1", false},
		{"application/json, text/plain", false},
		{"application/jsonp", false},
		{"application/merge-patch+json", false},
		{"application/x-www-form-urlencoded", false},
		{"multipart/form-data; boundary=x", false},
	} {
		t.Run("as "+test.mediaType, func(t *testing.T) {
			request := api.Request(t, alice, "POST /items", strings.NewReader(named("a")))
			if test.mediaType != "" {
				request.Header.Set("Content-Type", test.mediaType)
			}
			if r := api.Send(t, request); test.accepted {
				r.WantStatus(t, http.StatusCreated)
			} else {
				r.WantProblem(t, problem.MediaTypeUnsupported)
			}
		})
	}
	api.Call(t, alice, "POST /items", named("a"), "Content-Encoding: gzip").WantProblem(t, problem.MediaTypeUnsupported)
}

func TestBodiesHaveALimit(t *testing.T) {
	api := apitest.Start(t)
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
			request := api.Request(t, alice, "POST /items", test.body)
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
	return "POST /items HTTP/1.1\r\nHost: api\r\nAuthorization: Bearer " + token + "\r\nContent-Type: application/json\r\n"
}

func TestIncompleteBodiesChangeNothing(t *testing.T) {
	api := apitest.Start(t)
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
	api.Call(t, alice, "GET /items", "").WantJSON(t, 200, emptyList)
}

func TestLateBodiesChangeNothing(t *testing.T) {
	api := apitest.Start(t)
	impatient := httptest.NewUnstartedServer(api)
	impatient.Config.ReadTimeout = 200 * time.Millisecond
	impatient.Start()
	t.Cleanup(impatient.Close)
	alice := user(api, "alice")
	exchange(t, impatient.URL, postHead(alice)+"Content-Length: 40\r\n\r\n{\"name\":\"Lan", false).WantProblem(t, problem.RequestTimeout)
	api.Call(t, alice, "GET /items", "").WantJSON(t, 200, emptyList)
}

func TestBodiesOfAnonymousCallersAreNotRead(t *testing.T) {
	api := apitest.Start(t)
	const head = "POST /items HTTP/1.1\r\nHost: api\r\nContent-Length: 104857600\r\n"
	for name, text := range map[string]string{
		"100 MB":                head + "Content-Type: application/json\r\n\r\n",
		"another media type":    head + "Content-Type: text/plain\r\n\r\n",
		"a body that waits":     head + "Content-Type: application/json\r\nExpect: 100-continue\r\n\r\n",
		"an unknown path":       strings.Replace(head, "/items", "/items/1/2", 1) + "\r\n",
		"a forged access token": head + "Authorization: Bearer forged\r\nContent-Type: application/json\r\n\r\n",
	} {
		t.Run(name, func(t *testing.T) {
			exchange(t, api.URL, text, false).WantStatus(t, http.StatusUnauthorized)
		})
	}
}

// A shelf has every kind of rule that a message names.
type shelf struct {
	Boards  int      `json:"boards" binding:"min=1,max=9"`
	Labels  []string `json:"labels" binding:"min=1,max=2,dive,max=3"`
	Color   string   `json:"color" binding:"min=3,oneof=red green"`
	Comment *string  `json:"comment"`
	Corner  struct {
		Angle float64 `json:"angle" binding:"required"`
	} `json:"corner"`
}

func TestMessagesNameTheRule(t *testing.T) {
	for _, test := range []struct{ name, body, want string }{
		{"limits of numbers, lists and texts", `{"boards":10,"labels":[],"color":"x","corner":{"angle":1}}`,
			"[{/boards  must be at most 9} {/labels  must have at least 1 members} {/color  must have at least 3 characters}]"},
		{"pointers to inner members", `{"boards":1,"labels":["a","long"],"color":"red","corner":{}}`,
			"[{/labels/1  must have at most 3 characters} {/corner/angle  is required}]"},
		{"other rules", `{"boards":0,"labels":["a"],"color":"blue","comment":null,"corner":{"angle":1}}`,
			"[{/boards  must be at least 1} {/color  breaks the rule oneof=red green}]"},
		{"null", `{"comment":null,"corner":null}`, "[{/corner  has the wrong type}]"},
	} {
		t.Run(test.name, func(t *testing.T) {
			w := httptest.NewRecorder()
			c, _ := gin.CreateTestContext(w)
			c.Request = httptest.NewRequest("POST", "/", strings.NewReader(test.body))
			c.Request.Header.Set("Content-Type", "application/json")
			err := handlers.NewInput().JSON(c, &shelf{})
			(&handlers.Problems{Challenger: &auth.Challenger{Realm: "r"}}).Write(c, err)
			body := apitest.Decode[problem.Body](t, &apitest.Response{Body: w.Body.String()})
			if got := fmt.Sprint(body.Errors); got != test.want {
				t.Errorf("got %s\nwant %s", got, test.want)
			}
		})
	}
}
