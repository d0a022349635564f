package devidp

import (
	"net/http"
	"net/url"
	"slices"
)

// endSession is OpenID Connect RP-Initiated Logout 1.0. There is no session to end: it redirects the
// browser to the URI that the client registered for this, or shows that the user is signed out.
func (p *Provider) endSession(w http.ResponseWriter, q url.Values) error {
	client, uri := p.logoutClient(q), q.Get("post_logout_redirect_uri")
	if client == nil || !slices.Contains(client.PostLogoutRedirectURIs, uri) {
		p.page(w, http.StatusOK, "message.html", messagePage{"Signed out", "The next login asks for a user again."})
		return nil
	}
	back := url.Values{}
	if state := q.Get("state"); state != "" {
		back.Set("state", state)
	}
	redirect(w, uri, back)
	return nil
}

// logoutClient returns the client that client_id names, or the one that the ID token is for. If there are
// both, they must agree. The ID token may have expired (section 4).
func (p *Provider) logoutClient(q url.Values) *Client {
	id := q.Get("client_id")
	if !q.Has("id_token_hint") {
		return p.findClient(id)
	}
	c, ok := p.verify(q.Get("id_token_hint"), idType)
	if !ok || id != "" && !slices.Contains(c.Audience, id) {
		return nil
	}
	return p.findClient(c.Audience[0])
}
