package handlers

import (
	"regexp"
	"strings"

	"example.com/gatehouse/problem"
	"example.com/gatehouse/store"
	"github.com/gin-gonic/gin"
)

// entityTags is a list of entity tags, of which some may be weak (RFC 9110, section 8.8.3).
var (
	entityTags = regexp.MustCompile(`^([ \t]*((W/)?"[^"\x00-\x20\x7f]*")?[ \t]*(,|$))*$`)
	entityTag  = regexp.MustCompile(`(W/)?"[^"]*"`)
)

// A condition is what If-Match or If-None-Match says: entity tags, or * for any.
type condition struct {
	sent bool
	text string
}

func conditionOf(c *gin.Context, header string) condition {
	values := c.Request.Header.Values(header)
	return condition{len(values) > 0, strings.TrimSpace(strings.Join(values, ","))}
}

// any reports whether whatever there is will do.
func (c condition) any() bool { return c.text == "*" }

// names reports whether an entity tag, or a weak form of it where that will do, is named. What is
// malformed names none, so that no change is made on a condition that was not understood.
func (c condition) names(tag string, weak bool) bool {
	if c.any() {
		return true
	}
	if !entityTags.MatchString(c.text) {
		return false
	}
	for _, named := range entityTag.FindAllString(c.text, -1) {
		if named == tag || weak && named == "W/"+tag {
			return true
		}
	}
	return false
}

// unchanged reports whether whoever asks for an item has it as it is (RFC 9110, section 13.2.2).
func (h *Items) unchanged(c *gin.Context, item store.Item) (bool, error) {
	if match := conditionOf(c, "If-Match"); match.sent && !match.names(item.ETag(), false) {
		return false, problem.PreconditionFailed
	}
	return conditionOf(c, "If-None-Match").names(item.ETag(), true), nil
}

// expected returns the version of an item that a request is to change. It is asked when nothing else
// speaks against the change (RFC 9110, section 13.2.1).
//
// Without If-Match, the last of several changes wins. An API whose callers must not overwrite each
// other unseen requires it, and answers 428 to who forgets it (RFC 6585, section 3).
func (h *Items) expected(c *gin.Context, item store.Item) (store.Version, error) {
	match, none := conditionOf(c, "If-Match"), conditionOf(c, "If-None-Match")
	switch {
	case !match.sent && h.RequireIfMatch:
		return 0, problem.PreconditionRequired
	case match.sent && !match.names(item.ETag(), false), none.names(item.ETag(), true):
		return 0, problem.PreconditionFailed
	case match.sent && !match.any():
		return item.Version, nil
	}
	return store.AnyVersion, nil
}
