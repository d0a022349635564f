package devidp

import (
	"crypto/rand"
	"math/big"
	"net/url"
	"sync"
	"time"
)

const (
	deviceTTL    = 10 * time.Minute
	pollInterval = 5 * time.Second
)

// A device is a program without a browser, whose user logs in on another screen (RFC 8628). It is
// safe for concurrent use.
type device struct {
	userCode string
	asked    grant
	expires  time.Time

	mu       sync.Mutex
	interval time.Duration
	polled   time.Time
	decided  bool
	grant    *grant // nil when the user refused
}

// deviceAuthorization is RFC 8628, section 3.1.
func (p *Provider) deviceAuthorization(c *Client, q url.Values) (any, error) {
	if !c.may(DeviceCode) {
		return nil, refuse("unauthorized_client", "The client may not use the device flow.")
	}
	asked, err := p.request(c, q)
	if err != nil {
		return nil, err
	}
	asked.acr = "1"
	code, now := rand.Text(), p.now()
	d := &device{userCode: newUserCode(), asked: asked, expires: now.Add(deviceTTL), interval: pollInterval}
	p.userCodes.put(d.userCode, d, d.expires)
	// A device that polls too late is to learn that its code expired, so it is kept for longer.
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

// newUserCode returns eight letters that spell no words and are not mistaken for digits (RFC 8628,
// section 6.1).
func newUserCode() string {
	const letters = "BCDFGHJKLMNPQRSTVWXZ"
	code := []byte("____-____")
	for i := range code {
		if code[i] == '_' {
			n, _ := rand.Int(rand.Reader, big.NewInt(int64(len(letters)))) // never fails
			code[i] = letters[n.Int64()]
		}
	}
	return string(code)
}

// redeemDevice answers a device that asks whether its user decided (RFC 8628, section 3.5).
func (p *Provider) redeemDevice(c *Client, q url.Values) (any, error) {
	code := q.Get("device_code")
	d, ok := p.devices.get(code)
	if !ok || d.asked.client != c {
		return nil, refuse("invalid_grant", "The device_code is unknown, or another client's.")
	}
	g, err := d.poll(p.now())
	if err != nil {
		return nil, err
	}
	if !p.devices.spend(code) {
		p.withdraw(g)
		return nil, refuse("invalid_grant", "The device_code was used before; what it gave is revoked.")
	}
	part, err := g.part(q)
	if err != nil {
		return nil, err
	}
	return p.issue(DeviceCode, g, part)
}

// poll returns the grant once the user agreed. A device that asks too often has to wait five seconds
// longer from then on; a second early is the network's doing, not the device's.
func (d *device) poll(now time.Time) (*grant, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	early := now.Before(d.polled.Add(d.interval - time.Second))
	d.polled = now
	switch {
	case !d.expires.After(now):
		return nil, refuse("expired_token", "The device_code expired.")
	case !d.decided && early:
		d.interval += pollInterval
		return nil, refuse("slow_down", "Wait five seconds longer between requests.")
	case !d.decided:
		return nil, refuse("authorization_pending", "The user has not decided yet.")
	case d.grant == nil:
		return nil, refuse("access_denied", "The user canceled.")
	}
	return d.grant, nil
}

// decide settles the request: g is nil when the user refused.
func (d *device) decide(g *grant) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.decided, d.grant = true, g
}
