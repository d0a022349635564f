package auth_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"

	"example.com/gatehouse/auth"
	"example.com/gatehouse/auth/authtest"
	"example.com/gatehouse/problem"
	"github.com/coreos/go-oidc/v3/oidc"
)

// The provider of the examples. A program has a real provider, and sets no Transport.
var example = authtest.New("https://login.example.com", "https://api.example.com")

var config = auth.Config{
	Issuer:    "https://login.example.com",
	Audience:  []string{"https://api.example.com"},
	Transport: example,
}

// Connect does not wait for the provider, and Verify needs nothing but the token.
func Example() {
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	verifier, err := auth.Connect(ctx, config)
	if err != nil {
		fmt.Println(err)
		return
	}
	token := auth.AccessToken(example.Token(authtest.Claims{"scope": "items:read"}))
	caller, err := verifier.Verify(ctx, token)
	fmt.Println(caller.Subject, caller.ClientID, caller.Scopes, err)
	fmt.Println(token)
	// Output:
	// alice docs [items:read] <nil>
	// REDACTED
}

// A configuration that would accept the tokens of other APIs is an error. The error has everything that is wrong.
func ExampleConnect_mistakes() {
	_, err := auth.Connect(context.Background(), auth.Config{Issuer: "http://login.example.com"})
	fmt.Println(err)
	// Output:
	// auth: issuer: "http://login.example.com" must be https: plain http is for loopback addresses
	// audience: there must be one, and none may be empty
}

// A product decodes its own claims into a type of its own.
func ExamplePrincipal_Claims() {
	verifier, _ := auth.Connect(context.Background(), config)
	token := auth.AccessToken(example.Token(authtest.Claims{"tenant": "acme", "plan": "large"}))
	caller, err := verifier.Verify(context.Background(), token)
	if err != nil {
		fmt.Println(err)
		return
	}
	var account struct {
		Tenant string `json:"tenant"`
		Plan   string `json:"plan"`
	}
	err = caller.Claims(&account)
	fmt.Println(account.Tenant, account.Plan, err)
	// Output: acme large <nil>
}

// Errors are compared with errors.Is. Their type is for the caller; the rest, with expected and actual values, is for the
// log.
func ExampleError() {
	verifier, _ := auth.Connect(context.Background(), config)
	for _, token := range []string{
		example.Token(authtest.Claims{"exp": 946684800}),
		example.Token(authtest.Claims{"aud": "https://other.example.com"}),
		example.IDToken(),
	} {
		_, err := verifier.Verify(context.Background(), auth.AccessToken(token))
		switch {
		case errors.Is(err, problem.TokenExpired):
			fmt.Println("It is time to refresh.")
		case errors.Is(err, problem.AuthUnavailable):
			fmt.Println("The provider is down: try again later.")
		default:
			failed := problem.Of(err)
			fmt.Println(failed.Status, failed.Code, failed.Hint)
		}
	}
	// Output:
	// It is time to refresh.
	// 401 audience-wrong Ask the provider for a token with this API as its resource or audience.
	// 401 token-type-wrong Send the access token, not the ID token or the refresh token.
}

// A requirement is what a route requires of its caller beyond a valid token.
func ExampleRequirement() {
	read := auth.Requirement{Scopes: []string{"items:read"}}
	both := read.And(auth.Requirement{Roles: []string{"admin"}})
	caller := &auth.Principal{Scopes: []string{"items:read"}}
	fmt.Println(read.Check(caller, example.Now()))
	fmt.Println(both.Check(caller, example.Now()))
	// Output:
	// <nil>
	// access-denied: roles: want ["admin"], got []
}

// A challenge tells a client how to authenticate: the value of WWW-Authenticate.
func ExampleChallenger() {
	challenger, err := auth.NewChallenger("gatehouse", "")
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(challenger.Challenge(problem.CredentialsMissing, auth.Requirement{}))
	fmt.Println(challenger.Challenge(problem.ScopeInsufficient, auth.Requirement{Scopes: []string{"items:read"}}))
	// Output:
	// Bearer realm="gatehouse"
	// Bearer realm="gatehouse", error="insufficient_scope", error_description="The token lacks a required scope.", scope="items:read"
}

// A Provider is an oidc.KeySet: go-oidc verifies ID tokens with the same keys, for a program that also signs in users.
func ExampleProvider_VerifySignature() {
	verifier, _ := auth.Connect(context.Background(), config)
	signIn := oidc.NewVerifier(config.Issuer, verifier.Provider(), &oidc.Config{
		ClientID: "docs", SupportedSigningAlgs: []string{"ES256"},
	})
	token, err := signIn.Verify(context.Background(), example.IDToken())
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(token.Subject, token.Nonce)
	// Output: alice n-0S6_WzA2Mj
}

// An API with net/http only: Authenticate returns the caller, and Check compares it with the requirement.
func ExampleVerifier_Authenticate() {
	verifier, _ := auth.Connect(context.Background(), config)
	challenger, _ := auth.NewChallenger("gatehouse", "")
	required := auth.Requirement{Scopes: []string{"items:read"}}

	items := func(w http.ResponseWriter, r *http.Request) {
		caller, err := verifier.Authenticate(r)
		if err == nil {
			err = required.Check(caller, example.Now())
		}
		if err != nil {
			failed := problem.Of(err)
			if challenge := challenger.Challenge(failed, required); challenge != "" {
				w.Header().Set("WWW-Authenticate", challenge)
			}
			http.Error(w, failed.Detail, failed.Status)
			return
		}
		fmt.Fprintf(w, "the items of %s\n", caller.Subject)
	}

	for _, header := range []string{"", "Bearer " + example.Token(), "Bearer " + example.Token(authtest.Claims{"scope": "items:read"})} {
		request := httptest.NewRequest(http.MethodGet, "/items", nil)
		request.Header.Set("Authorization", header)
		response := httptest.NewRecorder()
		items(response, request)
		fmt.Print(response.Code, " ", response.Body)
	}
	// Output:
	// 401 Authentication is required.
	// 403 The token lacks a required scope.
	// 200 the items of alice
}
