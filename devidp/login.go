package devidp

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// A loginPage asks the user to sign in and to agree. Its form posts Field=Value and the chosen user.
type loginPage struct {
	Action, Field, Value string
	Code                 string // the user code, to compare with the device's
	Client               string
	Scopes               []string
	Users                []User
}

func (p *Provider) showLogin(w http.ResponseWriter, requested *grant, page loginPage) {
	page.Client, page.Scopes, page.Users = requested.client.ID, requested.scopes, p.cfg.Users
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
	user := p.users[q.Get("user")]
	if user == nil { // the Cancel button submits an empty subject
		return p.respondError(w, a, newError("access_denied", "The user canceled."))
	}
	p.respond(w, a, url.Values{"code": {p.newCode(a, user)}})
	return nil
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
	redirect(w, a.redirectURI, a.state, q)
}

// redirect redirects to uri with the state, if there is one, and q added to its query. With 303, browsers
// do not post the form of the login page to the client (RFC 9700, section 4.12).
func redirect(w http.ResponseWriter, uri, state string, q url.Values) {
	if state != "" {
		q.Set("state", state)
	}
	u, _ := url.Parse(uri) // parsed before, by New or as a loopback URI
	u.RawQuery = strings.Trim(u.RawQuery+"&"+q.Encode(), "&")
	w.Header().Set("Location", u.String())
	w.WriteHeader(http.StatusSeeOther)
}

// endSession is OpenID Connect RP-Initiated Logout 1.0. There is no session to end: it redirects the
// browser to the URI that the client registered for this, or shows that the user is signed out.
func (p *Provider) endSession(w http.ResponseWriter, q url.Values) error {
	client, uri := p.logoutClient(q), q.Get("post_logout_redirect_uri")
	if client == nil || !slices.Contains(client.PostLogoutRedirectURIs, uri) {
		p.page(w, http.StatusOK, "message.html", messagePage{"Signed out", "The next login asks for a user again."})
		return nil
	}
	redirect(w, uri, q.Get("state"), url.Values{})
	return nil
}

// logoutClient returns the client that client_id names, or the one that the ID token is for. If there are
// both, they must agree. The ID token may have expired (section 4).
func (p *Provider) logoutClient(q url.Values) *Client {
	id := q.Get("client_id")
	if !q.Has("id_token_hint") {
		return p.clients[id]
	}
	c, ok := p.verify(q.Get("id_token_hint"), idType)
	if !ok || id != "" && !slices.Contains(c.Audience, id) {
		return nil
	}
	return p.clients[c.Audience[0]]
}
