package handlers

import (
	"context"
	"net/http"
	"path"

	"example.com/gatehouse/auth"
	"example.com/gatehouse/store"
	"github.com/gin-gonic/gin"
)

// A Store stores the rows of one resource: see [store.Table].
type Store[R any] interface {
	List(ctx context.Context, owner store.Owner, after store.Cursor, limit int) ([]R, store.Cursor, error)
	ListAll(ctx context.Context, after store.Cursor, limit int) ([]R, store.Cursor, error)
	Get(ctx context.Context, owner store.Owner, id string) (R, error)
	Create(ctx context.Context, owner store.Owner, row R) (R, error)
	Update(ctx context.Context, row R) (R, error)
	Delete(ctx context.Context, id string, version store.Version) error
}

// A Resource has what the operations of every resource share. R is the type of its rows.
type Resource[R any] struct {
	store          Store[R]
	input          *Input
	requireIfMatch bool // whether a change must name the version that it is based on
}

func newResource[R any](a *API, rows Store[R]) Resource[R] {
	return Resource[R]{store: rows, input: a.input, requireIfMatch: a.config.RequireIfMatch}
}

// Owned is the dependency of every route of one row: it loads the row of the path that belongs to the
// caller. The row of another caller is not found (OWASP API1:2023).
func (r *Resource[R]) Owned(c *gin.Context, caller *auth.Principal) (R, error) {
	return r.store.Get(c.Request.Context(), owner(caller), c.Param("id"))
}

// owner returns the caller as the owner of rows.
func owner(caller *auth.Principal) store.Owner { return store.Owner(caller.Identity()) }

// found responds with a row, or with 304 when the caller has its current version.
func found(c *gin.Context, key store.Key, row any) error {
	unchanged, err := isUnchanged(c, key)
	if err != nil {
		return err
	}
	setHeader(c, "ETag", key.ETag())
	if unchanged {
		c.Status(http.StatusNotModified)
		return nil
	}
	writeJSON(c, http.StatusOK, row)
	return nil
}

// created responds with a new row and its address, below that of the list (RFC 9110, section 15.3.2).
func created(c *gin.Context, key store.Key, row any) error {
	c.Header("Location", publicPath(c)+"/"+key.ID)
	setHeader(c, "ETag", key.ETag())
	writeJSON(c, http.StatusCreated, row)
	return nil
}

// updated responds with a row as it is after a change. Content-Location says that the body is the row and
// not a report of the change (RFC 9110, section 8.7). It has the canonical form of the identifier.
func updated(c *gin.Context, key store.Key, row any) error {
	c.Header("Content-Location", path.Dir(publicPath(c))+"/"+key.ID)
	setHeader(c, "ETag", key.ETag())
	writeJSON(c, http.StatusOK, row)
	return nil
}
