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

// verification is where a device sends its user (RFC 8628, section 3.3). A link that contains the
// code still shows it, to be compared with the device's: the link may be somebody else's (section
// 5.4).
func (p *Provider) verification(w http.ResponseWriter, r *http.Request) {
	q, err := strictForm(r)
	if err != nil {
		p.fail(w, r, err)
		return
	}
	if !q.Has("user_code") {
		p.page(w, http.StatusOK, "code.html", codePage{})
		return
	}
	d, ok := p.userCodes.get(userCode(q))
	if !ok {
		p.unknownCode(w)
		return
	}
	p.ask(w, loginPage{Action: "/device", Field: "user_code", Value: d.userCode, Code: d.userCode, Grant: &d.asked})
}

// decision takes the click on the page that verification shows.
func (p *Provider) decision(w http.ResponseWriter, r *http.Request) {
	q, err := strictForm(r)
	if err != nil {
		p.fail(w, r, err)
		return
	}
	d, ok := p.userCodes.take(userCode(q))
	if !ok {
		p.unknownCode(w)
		return
	}
	var g *grant
	note := notePage{"Canceled", "The device was refused. You can close this page."}
	if user := p.user(q.Get("user")); user != nil {
		g = p.begin(d.asked, user)
		note = notePage{"Done", "The device is logged in. You can close this page."}
	}
	d.decide(g)
	p.page(w, http.StatusOK, "note.html", note)
}

// userCode returns the code in q, however the user typed it. Guessing one of the 25 billion codes
// would take far longer than they live, even on loopback.
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

func (p *Provider) unknownCode(w http.ResponseWriter) {
	p.page(w, http.StatusBadRequest, "code.html",
		codePage{"This code is unknown, expired or was used. Look at the device again."})
}
