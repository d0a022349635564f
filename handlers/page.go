package handlers

import (
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strconv"

	"example.com/gatehouse/auth"
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

// A page is which part of a list is requested.
type page struct {
	after store.Cursor
	limit int
	where []store.Condition
}

// pageParameters reads which page of a list is requested, and which rows it has.
func pageParameters(c *gin.Context, filters []store.Filter) (p page, err error) {
	names := []string{"limit", "cursor"}
	for _, filter := range filters {
		names = append(names, filter.Name)
	}
	query, err := queryOf(c, names...)
	if err != nil {
		return p, err
	}
	p.limit = defaultLimit
	if query.Has("limit") {
		if p.limit, err = strconv.Atoi(query.Get("limit")); err != nil || p.limit < 1 || p.limit > maxLimit {
			return p, parameterError(problem.LimitOutside, "limit", fmt.Sprintf("must be a whole number from 1 to %d", maxLimit), err)
		}
	}
	p.after, err = store.ParseCursor(query.Get("cursor")) // an empty one is that of the first page
	if err != nil {
		return p, parameterError(problem.CursorInvalid, "cursor", "must be a next_cursor of this list", err)
	}
	for _, filter := range filters {
		if query.Has(filter.Name) {
			condition, err := filter.Condition(query.Get(filter.Name))
			if err != nil {
				return p, parameterError(nil, filter.Name, err.Error(), err)
			}
			p.where = append(p.where, condition)
		}
	}
	return p, nil
}

// queryOf returns the query of a request, which may have these parameters, each of them once. A query that is not
// well formed is rejected as a whole, and so is a parameter that is not known: a lenient parser could skip the
// cursor, and the caller would get the first page again and again.
func queryOf(c *gin.Context, names ...string) (url.Values, error) {
	query, err := url.ParseQuery(c.Request.URL.RawQuery)
	if err != nil {
		return nil, parameterError(problem.QueryMalformed, "", "the query is not well formed", err)
	}
	var wrong []problem.FieldError
	variant := problem.ParameterTwice
	for _, name := range slices.Sorted(maps.Keys(query)) {
		switch {
		case !slices.Contains(names, name):
			variant = problem.ParameterUnknown
			wrong = append(wrong, problem.FieldError{Parameter: auth.Brief(name), Message: "is not known"})
		case len(query[name]) > 1:
			wrong = append(wrong, problem.FieldError{Parameter: name, Message: "must not be repeated"})
		}
	}
	if wrong != nil {
		return nil, &problem.InputError{Type: problem.ParameterInvalid, Variant: variant, Errors: wrong[:min(len(wrong), maxErrors)]}
	}
	return query, nil
}

func parameterError(v *problem.Variant, name, message string, err error) error {
	return &problem.InputError{Type: problem.ParameterInvalid, Variant: v, Errors: []problem.FieldError{{Parameter: name, Message: message}}, Err: err}
}
