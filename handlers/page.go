package handlers

import (
	"fmt"
	"net/url"
	"strconv"

	"example.com/gatehouse/problem"
	"example.com/gatehouse/store"
	"github.com/gin-gonic/gin"
)

// Number of rows on a page.
const (
	defaultLimit = 20
	maxLimit     = 100
)

// A NextPage is the end of every page of a list.
type NextPage struct {
	NextCursor store.Cursor `json:"next_cursor" swaggertype:"string" extensions:"x-nullable" example:"AZOPTnwafS6bby8cCp2Odw"` // where the next page begins; null on the last
}

// pageParameters reads which page of a list is requested. A query that is not well formed is rejected as a
// whole: a lenient parser could skip the cursor, and the caller would get the first page again and again.
func pageParameters(c *gin.Context) (after store.Cursor, limit int, err error) {
	query, err := url.ParseQuery(c.Request.URL.RawQuery)
	if err != nil {
		return "", 0, parameterError("", "the query is not well formed", err)
	}
	limit = defaultLimit
	if query.Has("limit") {
		if limit, err = strconv.Atoi(query.Get("limit")); err != nil || limit < 1 || limit > maxLimit {
			return "", 0, parameterError("limit", fmt.Sprintf("must be a whole number from 1 to %d", maxLimit), err)
		}
	}
	after, err = store.ParseCursor(query.Get("cursor"))
	if err != nil {
		return "", 0, parameterError("cursor", "must be a next_cursor of this list", err)
	}
	return after, limit, nil
}

func parameterError(name, message string, err error) error {
	return &problem.InputError{Type: problem.ParameterInvalid, Errors: []problem.FieldError{{Parameter: name, Message: message}}, Err: err}
}
