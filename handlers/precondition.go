package handlers

import (
	"net/http"
	"regexp"
	"slices"
	"strings"

	"example.com/gatehouse/problem"
	"example.com/gatehouse/store"
	"github.com/gin-gonic/gin"
)

// Lists of entity tags, some of which may be weak (RFC 9110, section 8.8.3), and one tag in a list without what a
// proxy that compresses adds to it: nginx makes W/"1" of "1", Apache "1-gzip" and Jetty "1--gzip". A tag of this
// API is a version, which has only digits.
var (
	entityTags = regexp.MustCompile(`^([ \t]*((W/)?"[^"\x00-\x20\x7f]*")?[ \t]*(,|$))*$`)
	entityTag  = regexp.MustCompile(`(?:W/)?("[^"]*?)(?:--?[a-z]+)?"`)
)

// A condition is the value of If-Match or If-None-Match: entity tags, or * for any.
type condition struct {
	sent bool
	text string
}

func conditionOf(c *gin.Context, header string) condition {
	values := c.Request.Header.Values(header)
	return condition{len(values) > 0, strings.TrimSpace(strings.Join(values, ","))}
}

// any reports whether the condition is *.
func (c condition) any() bool { return c.text == "*" }

// names reports whether the condition has an entity tag, or is *. A tag that a proxy changed counts as the tag,
// also in If-Match, whose comparison is the strong one (RFC 9110, section 13.1.1): the version identifies the
// state of a row, whatever the encoding of its response was. A malformed condition names no tag, so that nothing
// is changed on a condition that was not understood.
func (c condition) names(tag string) bool {
	if c.any() {
		return true
	}
	if !entityTags.MatchString(c.text) {
		return false
	}
	return slices.ContainsFunc(entityTag.FindAllStringSubmatch(c.text, -1), func(named []string) bool {
		return named[1]+`"` == tag
	})
}

// failed returns the error of a condition that does not name the version of a row.
func (c condition) failed() error {
	if c.text == "" || !entityTags.MatchString(c.text) {
		return problem.TagMalformed
	}
	return problem.TagOther
}

// notModified reports whether the caller has the current version of a row (RFC 9110, section 13.2.2), and responds with
// 304 then. Either way the response has the entity tag.
func notModified(c *gin.Context, key store.Key, tag string) (unchanged bool, err error) {
	if match := conditionOf(c, "If-Match"); match.sent && !match.names(key.ETag()) {
		return false, match.failed()
	}
	setHeader(c, "ETag", tag)
	if unchanged = conditionOf(c, "If-None-Match").names(key.ETag()); unchanged {
		c.Status(http.StatusNotModified)
	}
	return unchanged, nil
}

// expected returns the version of a row that a request is to change. It is the last check of a request
// (RFC 9110, section 13.2.1).
//
// Without If-Match, the last of several changes wins. If the header is required, a request without it is
// rejected with 428 (RFC 6585, section 3).
func expected(c *gin.Context, key store.Key, required bool) (store.Version, error) {
	match, none := conditionOf(c, "If-Match"), conditionOf(c, "If-None-Match")
	switch {
	case !match.sent && required:
		return 0, problem.PreconditionRequired
	case match.sent && !match.names(key.ETag()):
		return 0, match.failed()
	case none.names(key.ETag()):
		return 0, problem.TagExcluded
	case match.sent && !match.any():
		return key.Version, nil
	}
	return store.AnyVersion, nil
}
