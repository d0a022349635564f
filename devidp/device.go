package devidp

import (
	"crypto/rand"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"
)

const (
	deviceTTL    = 10 * time.Minute
	pollInterval = 5 * time.Second
)

// A device is a program without a browser, whose user signs in on another device (RFC 8628). It is safe
// for concurrent use.
type device struct {
	userCode  string
	requested *grant
	expires   time.Time

	mu       sync.Mutex
	interval time.Duration
	polled   time.Time
	decided  bool
	grant    *grant // nil when the user canceled
}

// deviceAuthorization is RFC 8628, section 3.1.
func (p *Provider) deviceAuthorization(c *Client, q url.Values) (any, error) {
	if !c.may(DeviceCode) {
		return nil, newError("unauthorized_client", "The client may not use the device flow.")
	}
	requested, err := p.readGrant(c, q)
	if err != nil {
		return nil, err
	}
	requested.acr = "1"
	code := rand.Text()
	d := &device{userCode: newUserCode(), requested: requested, expires: p.now().Add(deviceTTL), interval: pollInterval}
	p.userCodes.put(d.userCode, d, d.expires)
	// Stored for longer than it is valid, so that a late device learns that its code expired.
	p.devices.put(code, d, d.expires.Add(deviceTTL))
	return map[string]any{
		"device_code":               code,
		"user_code":                 d.userCode,
		"verification_uri":          p.cfg.Issuer + "/device",
		"verification_uri_complete": p.cfg.Issuer + "/device?user_code=" + d.userCode,
		"expires_in":                int(deviceTTL.Seconds()),
		"interval":                  int(pollInterval.Seconds()),
	}, nil
}

// newUserCode returns eight letters that form no words and do not look like digits (RFC 8628, section
// 6.1).
func newUserCode() string {
	const letters = "BCDFGHJKLMNPQRSTVWXZ"
	code := make([]byte, 8)
	rand.Read(code) // never fails
	for i, b := range code {
		code[i] = letters[int(b)%len(letters)]
	}
	return string(code[:4]) + "-" + string(code[4:])
}

// redeemDevice responds to a device that polls for the decision of its user (RFC 8628, section 3.5).
func (p *Provider) redeemDevice(c *Client, q url.Values) (any, error) {
	code := q.Get("device_code")
	d, ok := p.devices.get(code)
	if !ok || d.requested.client != c {
		return nil, newError("invalid_grant", "The device_code is unknown, or another client's.")
	}
	g, err := d.poll(p.now())
	if err != nil {
		return nil, err
	}
	if !p.devices.use(code) {
		p.revokeGrant(g)
		return nil, newError("invalid_grant", "The device_code was used before; its tokens are revoked.")
	}
	return p.issue(DeviceCode, g, q)
}

// poll returns the grant after the user agreed. A device that polls too often must wait five seconds
// longer from then on. One second early is tolerated, since network delays vary.
func (d *device) poll(now time.Time) (*grant, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	early := now.Before(d.polled.Add(d.interval - time.Second))
	d.polled = now
	switch {
	case !d.expires.After(now):
		return nil, newError("expired_token", "The device_code expired.")
	case !d.decided && early:
		d.interval += pollInterval
		return nil, newError("slow_down", "Wait five seconds longer between requests.")
	case !d.decided:
		return nil, newError("authorization_pending", "The user has not decided yet.")
	case d.grant == nil:
		return nil, newError("access_denied", "The user canceled.")
	}
	return d.grant, nil
}

// decide stores the decision of the user: g is nil when the user canceled.
func (d *device) decide(g *grant) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.decided, d.grant = true, g
}

// verification is the page that a device sends its user to (RFC 8628, section 3.3). It shows the code
// for comparison even if the link contains it, because an attacker may have sent the link (section 5.4).
func (p *Provider) verification(w http.ResponseWriter, q url.Values) error {
	if !q.Has("user_code") {
		p.page(w, http.StatusOK, "code.html", "")
		return nil
	}
	d, ok := p.userCodes.get(userCode(q))
	if !ok {
		return p.unknownCode(w)
	}
	p.showLogin(w, d.requested, loginPage{Action: "/device", Field: "user_code", Value: d.userCode, Code: d.userCode})
	return nil
}

// decision handles the click on the verification page.
func (p *Provider) decision(w http.ResponseWriter, q url.Values) error {
	d, ok := p.userCodes.take(userCode(q))
	if !ok {
		return p.unknownCode(w)
	}
	var allowed *grant
	result := messagePage{"Canceled", "The device is not logged in. You can close this page."}
	if user := p.users[q.Get("user")]; user != nil {
		allowed = p.begin(d.requested, user)
		result = messagePage{"Done", "The device is logged in. You can close this page."}
	}
	d.decide(allowed)
	p.page(w, http.StatusOK, "message.html", result)
	return nil
}

// userCode returns the code in q in the form of newUserCode, however the user typed it. There are 25
// billion codes: guessing one takes longer than they live, even on loopback.
func userCode(q url.Values) string {
	letters := strings.Map(func(r rune) rune {
		if r < 'A' || r > 'Z' {
			return -1
		}
		return r
	}, strings.ToUpper(q.Get("user_code")))
	if len(letters) != 8 {
		return ""
	}
	return letters[:4] + "-" + letters[4:]
}

func (p *Provider) unknownCode(w http.ResponseWriter) error {
	p.page(w, http.StatusBadRequest, "code.html", "This code is unknown, expired or was used. Check the code that the device shows.")
	return nil
}
