package handlers

import (
	"context"
	"net/http"

	"example.com/gatehouse/auth"
	"example.com/gatehouse/store"
	"github.com/gin-gonic/gin"
)

// A Store stores the rows of one resource: see [store.Table].
type Store[R any] interface {
	Filters() []store.Filter
	List(ctx context.Context, owner store.Owner, after store.Cursor, limit int, where ...store.Condition) ([]R, store.Cursor, error)
	ListAll(ctx context.Context, after store.Cursor, limit int, where ...store.Condition) ([]R, store.Cursor, error)
	Get(ctx context.Context, owner store.Owner, id string) (R, error)
	Create(ctx context.Context, owner store.Owner, row R) (R, error)
	Update(ctx context.Context, row R) (R, error)
	Delete(ctx context.Context, id string, version store.Version) error
}

// A Resource has what the operations of every resource share. R is the type of its rows.
type Resource[R any, P store.Row[R]] struct {
	store          Store[R]
	path           string // of the list as callers see it, below which rows have their addresses
	input          *Input
	requireIfMatch bool // whether a change must name the version that it is based on
}

func newResource[R any, P store.Row[R]](a *API, path string, rows Store[R]) Resource[R, P] {
	return Resource[R, P]{store: rows, path: a.config.BasePath() + path, input: a.input, requireIfMatch: a.config.RequireIfMatch}
}

// Owned is the dependency of every route of one row: it loads the row of the path that belongs to the
// caller. The row of another caller is not found (OWASP API1:2023).
func (r *Resource[R, P]) Owned(c *gin.Context, caller *auth.Principal) (R, error) {
	return r.store.Get(c.Request.Context(), owner(caller), c.Param("id"))
}

// list returns the page of the caller's rows that is requested. Of these it has the rows that meet the conditions.
func (r *Resource[R, P]) list(c *gin.Context, caller *auth.Principal, where ...store.Condition) ([]R, NextPage, error) {
	page, err := pageParameters(c, r.store.Filters())
	if err != nil {
		return nil, NextPage{}, err
	}
	rows, next, err := r.store.List(c.Request.Context(), owner(caller), page.after, page.limit, append(where, page.where...)...)
	return rows, NextPage{next}, err
}

// listAll is list for the rows of all callers.
func (r *Resource[R, P]) listAll(c *gin.Context) ([]R, NextPage, error) {
	page, err := pageParameters(c, r.store.Filters())
	if err != nil {
		return nil, NextPage{}, err
	}
	rows, next, err := r.store.ListAll(c.Request.Context(), page.after, page.limit, page.where...)
	return rows, NextPage{next}, err
}

// get responds with a row, or with 304 when the caller has its current version.
func (r *Resource[R, P]) get(c *gin.Context, row R) error {
	key := store.KeyOf(P(&row))
	if unchanged, err := notModified(c, *key, key.ETag()); unchanged || err != nil {
		return err
	}
	return writeJSON(c, http.StatusOK, row)
}

// create stores a row that belongs to the caller, and responds with it and its address (RFC 9110, section 15.3.2).
func (r *Resource[R, P]) create(c *gin.Context, caller *auth.Principal, row R) error {
	row, err := r.store.Create(c.Request.Context(), owner(caller), row)
	if err != nil {
		return err
	}
	return r.respond(c, http.StatusCreated, "Location", row)
}

// update stores a row that has changed, if it has the version that the caller expects, and responds with it.
// Content-Location says that the body is the row and not a report of the change (RFC 9110, section 8.7).
func (r *Resource[R, P]) update(c *gin.Context, row R) (err error) {
	key := store.KeyOf(P(&row))
	if key.Version, err = expected(c, *key, r.requireIfMatch); err != nil {
		return err
	}
	if row, err = r.store.Update(c.Request.Context(), row); err != nil {
		return err
	}
	return r.respond(c, http.StatusOK, "Content-Location", row)
}

// respond responds with the present state of a row, and with its address in a header. The address has the
// canonical form of the identifier.
func (r *Resource[R, P]) respond(c *gin.Context, status int, header string, row R) error {
	key := store.KeyOf(P(&row))
	c.Header(header, r.path+"/"+key.ID)
	setHeader(c, "ETag", key.ETag())
	return writeJSON(c, status, row)
}

// delete deletes a row, if it has the version that the caller expects.
func (r *Resource[R, P]) delete(c *gin.Context, row R) error {
	key := store.KeyOf(P(&row))
	version, err := expected(c, *key, r.requireIfMatch)
	if err != nil {
		return err
	}
	if err := r.store.Delete(c.Request.Context(), key.ID, version); err != nil {
		return err
	}
	return noContent(c)
}

// owner returns the caller as the owner of rows.
func owner(caller *auth.Principal) store.Owner { return store.Owner(caller.Identity()) }
