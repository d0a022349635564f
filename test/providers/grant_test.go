package providers

import (
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"golang.org/x/net/html"
	"golang.org/x/oauth2"
	"golang.org/x/oauth2/clientcredentials"
)

// endpoint reads the metadata of a provider.
func endpoint(t *testing.T, issuer string) oauth2.Endpoint {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, issuer+"/.well-known/openid-configuration", nil)
	if err != nil {
		t.Fatal(err)
	}
	var metadata struct {
		AuthURL  string `json:"authorization_endpoint"`
		TokenURL string `json:"token_endpoint"`
	}
	if status, body := send(t, http.DefaultClient, request); status != http.StatusOK || json.Unmarshal(body, &metadata) != nil {
		t.Fatalf("the metadata of %s is %d %s", issuer, status, body)
	}
	return oauth2.Endpoint{AuthURL: metadata.AuthURL, TokenURL: metadata.TokenURL}
}

// machine returns an access token of the client called service (RFC 6749, section 4.4).
func machine(t *testing.T, issuer string, more url.Values, scopes ...string) string {
	t.Helper()
	config := clientcredentials.Config{
		ClientID: "service", ClientSecret: "service-secret", TokenURL: endpoint(t, issuer).TokenURL, Scopes: scopes, EndpointParams: more,
	}
	token, err := config.Token(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return token.AccessToken
}

// signIn runs the authorization code flow with PKCE (RFC 7636) for a user, whose password is the name. It fills in the
// forms of the provider's pages until the provider redirects to the client.
func signIn(t *testing.T, config *oauth2.Config, user string, more ...oauth2.AuthCodeOption) *oauth2.Token {
	t.Helper()
	return authorize(t, newBrowser(config.RedirectURL), config, user, more...)
}

// authorize is signIn with a browser, where the user may have signed in already.
func authorize(t *testing.T, browser *http.Client, config *oauth2.Config, user string, more ...oauth2.AuthCodeOption) *oauth2.Token {
	t.Helper()
	verifier := oauth2.GenerateVerifier()
	address := config.AuthCodeURL("state", append(more, oauth2.S256ChallengeOption(verifier), oauth2.SetAuthURLParam("nonce", "n-1"))...)
	response, err := browser.Get(address)
	for range 5 {
		if err != nil {
			t.Fatal(err)
		}
		if back, err := response.Location(); err == nil {
			response.Body.Close()
			return exchange(t, config, back.Query(), verifier, more)
		}
		action, fields := form(t, response, user)
		response, err = browser.PostForm(action, fields)
	}
	t.Fatal("the provider does not redirect to the client")
	return nil
}

// exchange gets tokens for the code of an authorization response.
func exchange(t *testing.T, config *oauth2.Config, response url.Values, verifier string, more []oauth2.AuthCodeOption) *oauth2.Token {
	t.Helper()
	if response.Get("code") == "" {
		t.Fatalf("the authorization response is %v", response)
	}
	token, err := config.Exchange(t.Context(), response.Get("code"), append(more, oauth2.VerifierOption(verifier))...)
	if err != nil {
		t.Fatal(err)
	}
	return token
}

// form reads the first form of a page and fills it in.
func form(t *testing.T, response *http.Response, user string) (action string, fields url.Values) {
	t.Helper()
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	page, err := html.Parse(strings.NewReader(string(body)))
	if err != nil {
		t.Fatal(err)
	}
	fields = url.Values{}
	for node := range page.Descendants() {
		switch {
		case node.Data == "form" && action == "":
			target, err := response.Request.URL.Parse(attribute(node, "action"))
			if err != nil {
				t.Fatal(err)
			}
			action = target.String()
		case node.Data == "input":
			fill(fields, node, user)
		}
	}
	if action == "" {
		t.Fatalf("%s returned %s without a form:\n%s", response.Request.URL, response.Status, body)
	}
	return action, fields
}

// fill enters the value of a field.
func fill(fields url.Values, input *html.Node, user string) {
	name, value := attribute(input, "name"), attribute(input, "value")
	switch attribute(input, "type") {
	case "text", "password", "":
		value = user
	case "submit", "checkbox":
		return
	}
	if name != "" {
		fields.Set(name, value)
	}
}

func attribute(node *html.Node, name string) string {
	for _, a := range node.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}
