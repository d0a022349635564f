package devidp

import (
	"net/http"
	"net/url"
	"slices"
)

// A loginPage asks a user to log in and to agree. Its form posts Field=Value and the user chosen.
type loginPage struct {
	Action, Field, Value string
	Grant                *grant
	Code                 string // the user code to compare with the device's
	Users                []User
}

func (l loginPage) Client() string   { return l.Grant.client.ID }
func (l loginPage) Scopes() []string { return l.Grant.scopes }

func (p *Provider) ask(w http.ResponseWriter, page loginPage) {
	page.Users = p.cfg.Users
	p.page(w, http.StatusOK, "login.html", page)
}

// login takes the click on the login page. The form carries the authorization request as it came,
// and it is checked again from scratch: nothing need be kept for users who never click, and whoever
// tampers with the form gains no more than by sending that request in the first place.
func (p *Provider) login(w http.ResponseWriter, r *http.Request) {
	q, err := strictForm(r)
	if err != nil {
		p.fail(w, r, err)
		return
	}
	request, err := parse(q.Get("request"))
	if err != nil {
		p.fail(w, r, err)
		return
	}
	a, ok := p.authorization(w, r, request)
	if !ok {
		return
	}
	user := p.user(q.Get("user"))
	if user == nil {
		p.respond(w, a, url.Values{"error": {"access_denied"}, "error_description": {"The user canceled."}})
		return
	}
	p.respond(w, a, url.Values{"code": {p.newCode(a, user)}})
}

// user returns the user with the subject, or nil: the Cancel button submits an empty one.
func (p *Provider) user(subject string) *User {
	i := slices.IndexFunc(p.cfg.Users, func(u User) bool { return u.Subject == subject })
	if i < 0 {
		return nil
	}
	return &p.cfg.Users[i]
}

// respond sends the browser back to the client. The iss parameter lets a client of several providers
// notice a response that comes from the wrong one (RFC 9207).
func (p *Provider) respond(w http.ResponseWriter, a *authorization, q url.Values) {
	q.Set("iss", p.cfg.Issuer)
	if a.state != "" {
		q.Set("state", a.state)
	}
	redirect(w, a.redirectURI, q)
}

// redirect adds q to the query of uri. After a POST, 303 keeps the browser from sending the form
// there (RFC 9700, section 4.12).
func redirect(w http.ResponseWriter, uri string, q url.Values) {
	u, _ := url.Parse(uri) // was parsed before: by New, or when it was found to be loopback
	if u.RawQuery != "" && len(q) > 0 {
		u.RawQuery += "&"
	}
	u.RawQuery += q.Encode()
	w.Header().Set("Location", u.String())
	w.WriteHeader(http.StatusSeeOther)
}
