package devidp

import (
	"net/http"
	"net/url"
	"strings"
)

// A codePage asks for the code that a device shows.
type codePage struct {
	Problem string
}

// verification is the page that a device sends its user to (RFC 8628, section 3.3). It shows the code
// for comparison even if the link contains it, because an attacker may have sent the link (section 5.4).
func (p *Provider) verification(w http.ResponseWriter, q url.Values) error {
	if !q.Has("user_code") {
		p.page(w, http.StatusOK, "code.html", codePage{})
		return nil
	}
	d, ok := p.userCodes.get(userCode(q))
	if !ok {
		return p.unknownCode(w)
	}
	p.showLogin(w, loginPage{Action: "/device", Field: "user_code", Value: d.userCode, Code: d.userCode, Grant: d.requested})
	return nil
}

// decision handles the click on the verification page.
func (p *Provider) decision(w http.ResponseWriter, q url.Values) error {
	d, ok := p.userCodes.take(userCode(q))
	if !ok {
		return p.unknownCode(w)
	}
	user := p.findUser(q.Get("user"))
	if user == nil {
		d.decide(nil)
		p.page(w, http.StatusOK, "message.html", messagePage{"Canceled", "The device is not logged in. You can close this page."})
		return nil
	}
	d.decide(p.begin(d.requested, user))
	p.page(w, http.StatusOK, "message.html", messagePage{"Done", "The device is logged in. You can close this page."})
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
	p.page(w, http.StatusBadRequest, "code.html",
		codePage{"This code is unknown, expired or was used. Check the code that the device shows."})
	return nil
}
