package providers

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/cookiejar"
	"strings"
	"testing"
)

// newBrowser returns a client that asks for pages, keeps cookies, and follows redirects, but not to an address.
func newBrowser(redirect string) *http.Client {
	jar, _ := cookiejar.New(nil) // without options there is no error
	return &http.Client{Jar: jar, Transport: pages{}, CheckRedirect: func(r *http.Request, _ []*http.Request) error {
		if strings.HasPrefix(r.URL.String(), redirect) {
			return http.ErrUseLastResponse
		}
		return nil
	}}
}

// pages is a transport whose requests ask for HTML.
type pages struct{}

func (pages) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context())
	r.Header.Set("Accept", "text/html")
	return http.DefaultTransport.RoundTrip(r)
}

// send sends a request and reads the whole response.
func send(t *testing.T, client *http.Client, request *http.Request) (int, []byte) {
	t.Helper()
	response, err := client.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response.StatusCode, body
}

// An object is one of JSON.
type object map[string]any

// post creates an object, as administration APIs do.
func post(t *testing.T, client *http.Client, address string, body any) {
	t.Helper()
	sendJSON(t, client, http.MethodPost, address, body)
}

// put replaces an object.
func put(t *testing.T, client *http.Client, address string, body any) {
	t.Helper()
	sendJSON(t, client, http.MethodPut, address, body)
}

// sendJSON sends a body, which must be accepted.
func sendJSON(t *testing.T, client *http.Client, method, address string, body any) {
	t.Helper()
	text, err := json.Marshal(body)
	if err != nil {
		t.Fatal(err)
	}
	request, err := http.NewRequestWithContext(t.Context(), method, address, strings.NewReader(string(text)))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/json")
	if status, got := send(t, client, request); status >= http.StatusBadRequest {
		t.Fatalf("%s %s: %d %s", method, address, status, got)
	}
}
