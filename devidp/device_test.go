package devidp_test

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"example.com/gatehouse/devidp"
)

// startDevice asks for a device code as the command line client, changed by pairs.
func (p *provider) startDevice(pairs ...string) tokenReply {
	p.t.Helper()
	q := with(url.Values{"client_id": {"cli"}, "scope": {"openid items:read offline_access"}}, pairs...)
	return p.tokenAt("/device_authorization", q, http.Header{})
}

// poll asks for the tokens of the device.
func (p *provider) poll(d tokenReply, pairs ...string) tokenReply {
	p.t.Helper()
	return p.token(with(url.Values{"grant_type": {devidp.DeviceCode}, "client_id": {"cli"},
		"device_code": {d.DeviceCode}}, pairs...))
}

func TestDeviceLogin(t *testing.T) {
	p := serve(t)
	d := p.startDevice("resource", other).must(t)
	if !regexp.MustCompile(`^[B-DF-HJ-NP-TV-XZ]{4}-[B-DF-HJ-NP-TV-XZ]{4}$`).MatchString(d.UserCode) {
		t.Errorf("user code: got %q", d.UserCode)
	}
	answer := object(t, []byte(d.body))
	wantMembers(t, answer, map[string]any{"verification_uri": p.url + "/device", "interval": 5.0, "expires_in": 600.0,
		"verification_uri_complete": p.url + "/device?user_code=" + d.UserCode})
	wantError(t, p.poll(d), 400, "authorization_pending")

	if page := p.get("/device"); page.StatusCode != 200 || !strings.Contains(page.body, `name="user_code"`) {
		t.Errorf("the page that asks for the code: %d %s", page.StatusCode, page.body)
	}
	typed := strings.ToLower(strings.ReplaceAll(d.UserCode, "-", " "))
	page := p.get("/device?user_code=" + url.QueryEscape(typed))
	for _, want := range []string{d.UserCode, "<strong>cli</strong>", "<code>items:read</code>"} {
		if !strings.Contains(page.body, want) {
			t.Errorf("got %s, want %s", page.body, want)
		}
	}
	if done := p.click(page, "bob"); done.StatusCode != 200 || !strings.Contains(done.body, "<h1>Done</h1>") {
		t.Errorf("got %d %s", done.StatusCode, done.body)
	}
	begun := float64(p.clock.Now().Unix())
	p.clock.Advance(5 * time.Second)
	got := p.poll(d).must(t)
	_, claims := p.decode(got.AccessToken)
	wantMembers(t, claims, map[string]any{"sub": "bob", "client_id": "cli", "aud": other, "auth_time": begun, "acr": "1",
		"scope": "openid items:read offline_access"})
	if got.IDToken == "" || got.RefreshToken == "" {
		t.Errorf("got %s, want an ID token and a refresh token", got.body)
	}
	p.token(refreshing("cli", got.RefreshToken)).must(t)
}

func TestDeviceCodeIsValidOnce(t *testing.T) {
	p := serve(t)
	d := p.startDevice().must(t)
	p.click(p.get("/device?user_code="+d.UserCode), "bob")
	first := p.poll(d).must(t)
	p.clock.Advance(time.Minute)
	wantError(t, p.poll(d), 400, "invalid_grant")
	if p.active(first.AccessToken) {
		t.Error("the replay of the code revoked nothing")
	}
}

func TestDeviceMustPollSlowly(t *testing.T) {
	p := serve(t)
	d := p.startDevice().must(t)
	for i, step := range []struct {
		wait time.Duration
		want string
	}{
		{0, "authorization_pending"},
		{5 * time.Second, "authorization_pending"},
		{4900 * time.Millisecond, "authorization_pending"}, // network delays vary
		{1 * time.Second, "slow_down"},
		{6 * time.Second, "slow_down"}, // the interval is ten seconds now
		{12 * time.Second, "slow_down"},
		{20 * time.Second, "authorization_pending"},
	} {
		p.clock.Advance(step.wait)
		if got := p.poll(d); got.Error != step.want {
			t.Errorf("poll %d: got %s, want %s", i, got.Error, step.want)
		}
	}
	p.click(p.get("/device?user_code="+d.UserCode), "bob")
	p.poll(d).must(t)
}

func TestDeviceErrors(t *testing.T) {
	p := serve(t)
	canceled := p.startDevice().must(t)
	if got := p.click(p.get("/device?user_code="+canceled.UserCode), ""); !strings.Contains(got.body, "<h1>Canceled</h1>") {
		t.Errorf("got %s", got.body)
	}
	wantError(t, p.poll(canceled), 400, "access_denied")

	d := p.startDevice().must(t)
	wantError(t, p.poll(d, "device_code", d.UserCode), 400, "invalid_grant")
	wantError(t, p.poll(d, "device_code", ""), 400, "invalid_grant")
	wantError(t, p.poll(d, "client_id", "docs"), 400, "unauthorized_client")
	wantError(t, p.poll(d, "client_id", "bare"), 400, "invalid_grant")
	p.clock.Advance(10 * time.Minute)
	wantError(t, p.poll(d), 400, "expired_token")
	if got := p.get("/device?user_code=" + d.UserCode); got.StatusCode != 400 {
		t.Errorf("an expired user code: got %d, want 400", got.StatusCode)
	}
	p.clock.Advance(10 * time.Minute)
	wantError(t, p.poll(d), 400, "invalid_grant")
}

func TestDeviceAuthorizationErrors(t *testing.T) {
	p := serve(t)
	wantError(t, p.startDevice("client_id", "docs"), 400, "unauthorized_client")
	wantError(t, p.startDevice("client_id", ""), 401, "invalid_client")
	wantError(t, p.startDevice("scope", "a  b"), 400, "invalid_scope")
	wantError(t, p.startDevice("resource", "https://unknown.example.com"), 400, "invalid_target")
}

func TestUserCodeAllowsOneDecision(t *testing.T) {
	p := serve(t)
	d := p.startDevice().must(t)
	page := p.get("/device?user_code=" + d.UserCode)
	p.click(page, "")
	for _, got := range []reply{p.click(page, "alice"), p.get("/device?user_code=" + d.UserCode),
		p.get("/device?user_code=BBBB-BBBB"), p.get("/device?user_code=x"),
		p.post("/device", url.Values{"user": {"alice"}})} {
		if got.StatusCode != 400 || !strings.Contains(got.body, `role="alert"`) {
			t.Errorf("got %d %s, want a page with 400", got.StatusCode, got.body)
		}
	}
	wantError(t, p.poll(d), 400, "access_denied")
	for _, got := range []reply{p.get("/device?user_code=a&user_code=b"),
		p.post("/device", url.Values{"user_code": {"a", "b"}})} {
		if got.StatusCode != 400 {
			t.Errorf("a repeated code: got %d, want 400", got.StatusCode)
		}
	}
}
