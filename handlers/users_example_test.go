package handlers_test

import (
	"errors"

	"example.com/gatehouse/auth"
	"example.com/gatehouse/problem"
	"example.com/gatehouse/store"
	"github.com/gin-gonic/gin"
)

// users are an example of what an API stores of its callers itself. docs/storage.md has the migration.
type users struct {
	*store.Table[User, *User]
}

// newUsers returns the users in a database. Their limit makes two first requests of a caller at once create one row.
func newUsers(db *store.DB) users {
	t := store.NewTable[User](db, "users")
	t.Limit = 1
	return users{t}
}

// A User is a caller, known by issuer and subject. Its own columns change by operations of the API, and by no token.
type User struct {
	store.Key
	Name  string `db:"name" json:"name"`
	Admin bool   `db:"admin" json:"admin"`
	store.Times
}

// Current is the dependency of routes that need the row of the caller, which is made on first sight:
//
//	r.Require("items:read").GET("/settings", ginauth.With(users.Current, settings.Get))
func (u users) Current(c *gin.Context, caller *auth.Principal) (User, error) {
	if caller == nil {
		return User{}, problem.CredentialsMissing
	}
	ctx, owner := c.Request.Context(), store.Owner(caller.Identity())
	for range 2 { // if another first request of the caller creates the row in between
		rows, _, err := u.List(ctx, owner, "", 1)
		if err != nil {
			return User{}, err
		}
		if len(rows) > 0 {
			return rows[0], nil
		}
		row, err := u.Create(ctx, owner, User{})
		if !errors.Is(err, problem.LimitReached) {
			return row, err
		}
	}
	return User{}, problem.LimitReached
}
