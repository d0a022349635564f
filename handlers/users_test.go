package handlers_test

import (
	"context"
	"database/sql"
	"net/http"
	"sync"
	"testing"

	"example.com/gatehouse/auth"
	"example.com/gatehouse/auth/authtest"
	"example.com/gatehouse/auth/ginauth"
	"example.com/gatehouse/handlers"
	"example.com/gatehouse/handlers/apitest"
	"example.com/gatehouse/problem"
	"example.com/gatehouse/store"
	"github.com/gin-gonic/gin"
)

// usersMigration is that of docs/storage.md, with types that both databases have.
var usersMigration = []string{
	`CREATE TABLE users (id TEXT NOT NULL PRIMARY KEY, name TEXT NOT NULL, admin BOOLEAN NOT NULL,
		created_at TIMESTAMP NOT NULL, updated_at TIMESTAMP NOT NULL, version INTEGER NOT NULL,
		issuer TEXT NOT NULL, subject TEXT NOT NULL, client BOOLEAN NOT NULL)`,
	`CREATE UNIQUE INDEX users_of_owner ON users (issuer, subject, client)`,
	`INSERT INTO last_ids (name, id) VALUES ('users', '00000000-0000-0000-0000-000000000000')`,
}

// startUsers returns an API with a route that returns the row of its caller, and the rows.
func startUsers(t *testing.T) (*apitest.API, users) {
	t.Helper()
	var db *store.DB
	api := apitest.New(t, apitest.Parts(func(p *handlers.Parts) { db = p.DB.(*store.DB) }))
	err := db.Transact(t.Context(), func(ctx context.Context, tx *sql.Tx) error {
		for _, statement := range usersMigration {
			if _, err := tx.ExecContext(ctx, statement); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	all := newUsers(db)
	current := ginauth.With(all.Current, func(c *gin.Context, _ *auth.Principal, row User) error {
		c.JSON(http.StatusOK, row)
		return nil
	})
	api.Router().Require().Hidden().GET("/user", current)
	api.Router().Optional().Hidden().GET("/user-or-none", current)
	return api, all
}

// TestACallerHasOneUser has callers who differ from alice in one way.
func TestACallerHasOneUser(t *testing.T) {
	api, all := startUsers(t)
	email := authtest.Claims{"email": "alice@example.com"}
	user := func(changes ...authtest.Claims) User {
		r := api.Call(t, api.Issuer.Token(append([]authtest.Claims{email}, changes...)...), "GET /user", "")
		return apitest.Decode[User](t, r.WantStatus(t, 200))
	}
	alice := user()
	for _, test := range []struct {
		name   string
		claims authtest.Claims
		same   bool
	}{
		{"again", nil, true},
		{"with another e-mail address", authtest.Claims{"email": "alice@example.org"}, true},
		{"with another client", authtest.Claims{"client_id": "other"}, true},
		{"as an administrator, by her token", authtest.Claims{"roles": []string{"admin"}}, true},
		{"another subject with her e-mail address", authtest.Claims{"sub": "bob"}, false},
		{"her e-mail address as the subject", authtest.Claims{"sub": "alice@example.com"}, false},
		{"a client with her name", authtest.Claims{"client_id": "alice"}, false},
	} {
		if got := user(test.claims); got.ID == "" || (got.ID == alice.ID) != test.same || got.Admin || got.Name != "" {
			t.Errorf("%s: got %+v, and alice is %s", test.name, got, alice.ID)
		}
	}
	if _, err := all.Update(t.Context(), User{Key: store.Key{ID: alice.ID, Version: 1}, Admin: true}); err != nil || !user().Admin {
		t.Errorf("a change of the row has no effect: %v", err)
	}
	api.Call(t, "", "GET /user-or-none", "").WantProblem(t, problem.CredentialsMissing)
}

func TestFirstRequestsMakeOneUser(t *testing.T) {
	api, all := startUsers(t)
	token := api.Token("alice", "")
	var requests sync.WaitGroup
	for range 8 {
		requests.Go(func() { api.Call(t, token, "GET /user", "").WantStatus(t, 200) })
	}
	requests.Wait()
	if rows, _, err := all.ListAll(t.Context(), "", 10); err != nil || len(rows) != 1 {
		t.Errorf("got %d rows and %v", len(rows), err)
	}
}
