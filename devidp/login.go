package devidp

import (
	"net/http"
	"net/url"
	"slices"
)

// A loginPage asks the user to sign in and to agree. Its form posts Field=Value and the chosen user.
type loginPage struct {
	Action, Field, Value string
	Grant                *grant
	Code                 string // the user code, to compare with the device's
	Users                []User
}

func (l loginPage) Client() string   { return l.Grant.client.ID }
func (l loginPage) Scopes() []string { return l.Grant.scopes }

func (p *Provider) showLogin(w http.ResponseWriter, page loginPage) {
	page.Users = p.cfg.Users
	p.page(w, http.StatusOK, "login.html", page)
}

// login handles the click on the login page. The form contains the whole authorization request, which
// is validated again: nothing is stored for users who never click, and a changed form is as good as a
// new request.
func (p *Provider) login(w http.ResponseWriter, q url.Values) error {
	request, err := url.ParseQuery(q.Get("request"))
	if err != nil {
		return newError("invalid_request", "The parameters are not well-formed.")
	}
	a, err := p.authorization(request)
	if err != nil {
		return p.respondError(w, a, err)
	}
	user := p.findUser(q.Get("user"))
	if user == nil {
		return p.respondError(w, a, newError("access_denied", "The user canceled."))
	}
	p.respond(w, a, url.Values{"code": {p.newCode(a, user)}})
	return nil
}

// findUser returns the user with the subject, or nil. The Cancel button submits an empty subject.
func (p *Provider) findUser(subject string) *User {
	i := slices.IndexFunc(p.cfg.Users, func(u User) bool { return u.Subject == subject })
	if i < 0 {
		return nil
	}
	return &p.cfg.Users[i]
}

// respondError returns the error to the client, if the client is known.
func (p *Provider) respondError(w http.ResponseWriter, a *authorization, err error) error {
	if a == nil {
		return err
	}
	e := p.report(err)
	p.respond(w, a, url.Values{"error": {e.code}, "error_description": {e.description}})
	return nil
}

// respond sends the browser back to the client. The iss parameter lets a client of several providers
// detect a response of the wrong one (RFC 9207).
func (p *Provider) respond(w http.ResponseWriter, a *authorization, q url.Values) {
	q.Set("iss", p.cfg.Issuer)
	if a.state != "" {
		q.Set("state", a.state)
	}
	redirect(w, a.redirectURI, q)
}

// redirect redirects to uri with q added to its query. With 303, browsers do not post the form of the
// login page to the client (RFC 9700, section 4.12).
func redirect(w http.ResponseWriter, uri string, q url.Values) {
	u, _ := url.Parse(uri) // parsed before, by New or as a loopback URI
	if u.RawQuery != "" && len(q) > 0 {
		u.RawQuery += "&"
	}
	u.RawQuery += q.Encode()
	w.Header().Set("Location", u.String())
	w.WriteHeader(http.StatusSeeOther)
}
