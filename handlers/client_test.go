package handlers_test

import (
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"example.com/gatehouse/handlers/apitest"
	"example.com/gatehouse/problem"
	"github.com/google/uuid"
)

// TestTheClientIsTheLastThatIsNoProxy compares the client in the log with what proxies and callers send. The caller
// that sends it is 192.0.2.1, unless the test says otherwise.
func TestTheClientIsTheLastThatIsNoProxy(t *testing.T) {
	const trusted = "192.0.2.1, 10.0.0.0/8, 2001:db8:ffff::/48, fe80::1%eth0"
	for _, test := range []struct {
		name    string
		headers []string
		want    string
	}{
		{"no header", nil, "192.0.2.1"},
		{"an address", []string{"X-Forwarded-For: 203.0.113.9"}, "203.0.113.9"},
		{"an address and a port", []string{"X-Forwarded-For: 203.0.113.9:52100"}, "203.0.113.9"},
		{"an IPv6 address", []string{"X-Forwarded-For: 2001:db8::1"}, "2001:db8::1"},
		{"an IPv6 address in another form", []string{"X-Forwarded-For: 2001:DB8:0::0:1"}, "2001:db8::1"},
		{"brackets", []string{"X-Forwarded-For: [2001:db8::1]"}, "2001:db8::1"},
		{"brackets and a port", []string{"X-Forwarded-For: [2001:db8::1]:443"}, "2001:db8::1"},
		{"quotes", []string{`X-Forwarded-For: "[2001:db8::1]:443"`}, "2001:db8::1"},
		{"a zone", []string{"X-Forwarded-For: fe80::2%eth0"}, "fe80::2"},
		{"a zone, brackets and a port", []string{"X-Forwarded-For: [fe80::2%eth0]:443"}, "fe80::2"},
		{"IPv4 as IPv6", []string{"X-Forwarded-For: ::ffff:203.0.113.9"}, "203.0.113.9"},
		{"what the caller wrote before", []string{"X-Forwarded-For: 198.51.100.1, 203.0.113.9"}, "203.0.113.9"},
		{"what the caller wrote before, without spaces", []string{"X-Forwarded-For: 198.51.100.1,203.0.113.9"}, "203.0.113.9"},
		{"what the caller wrote in a header before", []string{"X-Forwarded-For: 198.51.100.1", "X-Forwarded-For: 203.0.113.9"}, "203.0.113.9"},
		{"more proxies", []string{"X-Forwarded-For: 198.51.100.1, 203.0.113.9:1, 10.1.2.3, [2001:db8:ffff::7]:80"}, "203.0.113.9"},
		{"a proxy as IPv4 in IPv6", []string{"X-Forwarded-For: 203.0.113.9, ::ffff:10.1.2.3"}, "203.0.113.9"},
		{"a proxy with a zone", []string{"X-Forwarded-For: 203.0.113.9, fe80::1%eth1"}, "203.0.113.9"},
		{"proxies alone", []string{"X-Forwarded-For: 10.0.0.5, 10.0.0.6"}, "10.0.0.5"},
		{"empty members", []string{"X-Forwarded-For: 203.0.113.9, ,"}, "203.0.113.9"},
		{"an empty header", []string{"X-Forwarded-For:"}, "192.0.2.1"},
		{"a malformed member", []string{"X-Forwarded-For: 203.0.113.9, unknown"}, "192.0.2.1"},
		{"a malformed member before a proxy", []string{"X-Forwarded-For: 203.0.113.9, unknown, 10.0.0.7"}, "10.0.0.7"},
		{"a malformed member before the client", []string{"X-Forwarded-For: unknown, 203.0.113.9"}, "203.0.113.9"},
		{"a name", []string{"X-Forwarded-For: client.example.com"}, "192.0.2.1"},
		{"a port that is none", []string{"X-Forwarded-For: 203.0.113.9:http"}, "192.0.2.1"},
		{"a bracket alone", []string{"X-Forwarded-For: [2001:db8::1"}, "192.0.2.1"},
		{"leading zeros", []string{"X-Forwarded-For: 203.0.113.009"}, "192.0.2.1"},
		{"X-Real-IP", []string{"X-Real-IP: 198.51.100.7"}, "192.0.2.1"},
		{"X-Real-IP and a malformed member", []string{"X-Real-IP: 198.51.100.7", "X-Forwarded-For: unknown"}, "192.0.2.1"},
		{"other headers", []string{"Forwarded: for=203.0.113.9", "CF-Connecting-IP: 203.0.113.9", "True-Client-IP: 203.0.113.9", "X-Client-IP: 203.0.113.9"}, "192.0.2.1"},
	} {
		t.Run(test.name, func(t *testing.T) {
			api := apitest.New(t, apitest.Env("TRUSTED_PROXIES="+trusted))
			api.Call(t, "", "GET /", "", test.headers...)
			if got := api.Log.Records(t, "request")[0]["client"]; got != test.want {
				t.Errorf("the client is %v, want %s", got, test.want)
			}
		})
	}
}

func TestOnlyProxiesNameTheClient(t *testing.T) {
	for _, test := range []struct{ name, trusted, from, want string }{
		{"a proxy", "192.0.2.1", "192.0.2.1:5000", "203.0.113.9"},
		{"a proxy in a network", "192.0.2.0/24", "192.0.2.99:5000", "203.0.113.9"},
		{"a proxy with a zone", "fe80::1", "[fe80::1%eth0]:5000", "203.0.113.9"},
		{"a caller", "192.0.2.1", "192.0.2.2:5000", "192.0.2.2"},
		{"a caller outside of the network", "192.0.2.0/25", "192.0.2.200:5000", "192.0.2.200"},
		{"a caller with a zone", "192.0.2.1", "[fe80::1%eth0]:5000", "fe80::1"},
		{"a caller where there is no proxy", "", "192.0.2.1:5000", "192.0.2.1"},
	} {
		t.Run(test.name, func(t *testing.T) {
			api := apitest.New(t, apitest.Env("TRUSTED_PROXIES="+test.trusted))
			r := httptest.NewRequest("GET", "/problems", nil)
			r.RemoteAddr = test.from
			r.Header.Set("X-Forwarded-For", "203.0.113.9")
			api.ServeHTTP(httptest.NewRecorder(), r)
			if got := api.Log.Records(t, "request")[0]["client"]; got != test.want {
				t.Errorf("the client is %v, want %s", got, test.want)
			}
		})
	}
}

// TestAProxyCanNameTheRequest compares the identifier of the response and of both logs.
func TestAProxyCanNameTheRequest(t *testing.T) {
	const own = "" // the API's
	for _, test := range []struct {
		name    string
		headers []string
		want    string
	}{
		{"a UUID", []string{"8d7e6c1c-3f0e-4f5e-9d53-4f0a3c1b2a90"}, "8d7e6c1c-3f0e-4f5e-9d53-4f0a3c1b2a90"},
		{"nginx", []string{"e1f5b8b2c0a94f6d8d7e6c1c3f0e4f5e"}, "e1f5b8b2c0a94f6d8d7e6c1c3f0e4f5e"},
		{"haproxy", []string{"7F000001:8296_7F00001E:1F90_4F7B0A69_0003:0790"}, "7F000001:8296_7F00001E:1F90_4F7B0A69_0003:0790"},
		{"a load balancer of AWS", []string{"Root=1-67891233-abcdef012345678912345678"}, "Root=1-67891233-abcdef012345678912345678"},
		{"64 characters", []string{strings.Repeat("a", 64)}, strings.Repeat("a", 64)},
		{"65 characters", []string{strings.Repeat("a", 65)}, own},
		{"none", nil, own},
		{"an empty one", []string{""}, own},
		{"two", []string{"one", "two"}, own},
		{"a space", []string{"one two"}, own},
		{"a quote", []string{`one"`}, own},
		{"a letter beyond ASCII", []string{"\u00e9"}, own},
		{"a control character", []string{"one\x1b[31m"}, own},
	} {
		t.Run(test.name, func(t *testing.T) {
			api := apitest.New(t, apitest.Env("TRUSTED_PROXIES=192.0.2.1"))
			r := api.Request(t, "", "GET /me", nil)
			r.Header["X-Request-Id"] = test.headers
			response := api.Send(t, r)
			got := response.Header.Values("X-Request-Id")
			if len(got) != 1 || test.want != own && got[0] != test.want || test.want == own && (uuid.Validate(got[0]) != nil || slices.Contains(test.headers, got[0])) {
				t.Fatalf("the response has %q, want %q", got, test.want)
			}
			for _, message := range []string{"request", "request rejected"} {
				if logged := api.Log.Records(t, message)[0]["request_id"]; logged != got[0] {
					t.Errorf("%q has the identifier %v", message, logged)
				}
			}
		})
	}
}

// TestInstancesAreUUIDs has identifiers of a proxy. The log leads from the instance of a problem to the request.
func TestInstancesAreUUIDs(t *testing.T) {
	for id, want := range map[string]string{
		"8d7e6c1c-3f0e-4f5e-9d53-4f0a3c1b2a90": "8d7e6c1c-3f0e-4f5e-9d53-4f0a3c1b2a90",
		"8D7E6C1C-3F0E-4F5E-9D53-4F0A3C1B2A90": "8d7e6c1c-3f0e-4f5e-9d53-4f0a3c1b2a90",
		"8d7e6c1c3f0e4f5e9d534f0a3c1b2a90":     "8d7e6c1c-3f0e-4f5e-9d53-4f0a3c1b2a90",
		"proxy-1":                              "", // a new one
	} {
		api := apitest.New(t, apitest.Env("TRUSTED_PROXIES=192.0.2.1", "DOCS=on", "DEVELOPMENT=true"))
		r := api.Call(t, "", "GET /me", "", "X-Request-Id: "+id)
		instance := apitest.Decode[problem.Body](t, r).Instance
		unique := strings.TrimPrefix(instance, "urn:uuid:")
		if uuid.Validate(unique) != nil || want != "" && unique != want {
			t.Errorf("%s has the instance %s", id, instance)
		}
		record := api.Log.Records(t, "request rejected")[0]
		if record["request_id"] != id || id != unique && record["instance"] != unique || id == unique && record["instance"] != nil {
			t.Errorf("%s is logged as %v", id, record)
		}
		api.Call(t, "", "POST /docs/inspect", `{"instance":"`+instance+`"}`).WantStatus(t, 200) // part:inspector
	}
}
