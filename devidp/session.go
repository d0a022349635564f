package devidp

import (
	"net/http"
	"net/url"
	"slices"
)

// endSession is OpenID Connect RP-Initiated Logout 1.0. As there is no session to end, it only sends
// the browser back to where the client is registered to receive it, and otherwise says so.
func (p *Provider) endSession(w http.ResponseWriter, r *http.Request) {
	q, err := strictForm(r)
	if err != nil {
		p.fail(w, r, err)
		return
	}
	client, uri := p.leaving(q), q.Get("post_logout_redirect_uri")
	if client == nil || !slices.Contains(client.PostLogoutRedirectURIs, uri) {
		p.page(w, http.StatusOK, "note.html",
			notePage{"Signed out", "The provider remembers no login: the next one starts here again."})
		return
	}
	back := url.Values{}
	if state := q.Get("state"); state != "" {
		back.Set("state", state)
	}
	redirect(w, uri, back)
}

// leaving returns the client that asks for the logout: the one it says it is, or the one that the ID
// token was for, and both must agree. An ID token that expired will do (section 4).
func (p *Provider) leaving(q url.Values) *Client {
	id := q.Get("client_id")
	if !q.Has("id_token_hint") {
		return p.client(id)
	}
	c, ok := p.verify(q.Get("id_token_hint"), idType)
	if !ok || id != "" && !slices.Contains(c.Audience, id) {
		return nil
	}
	return p.client(c.Audience[0])
}
