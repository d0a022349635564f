package auth

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"time"

	"example.com/gatehouse/problem"
)

// checkExpiry requires that the token has not expired. If the provider's clock would still accept it, it expired by this one.
func checkExpiry(c *candidate) *problem.Variant {
	expiry := c.claims.Expiry
	if expiry.state == absent && c.rules.mayMiss("exp") {
		return nil
	}
	if wrong := c.checkDate("exp", expiry); wrong != nil {
		return wrong
	}
	switch {
	case c.now.Before(expiry.time.Add(c.config.Leeway)):
		return nil
	case c.provider.known().offset > max(maxOffset, c.now.Sub(expiry.time)):
		return problem.ExpiredByClock
	}
	return problem.ExpiredAtTime
}

func checkNotBefore(c *candidate) *problem.Variant {
	if c.claims.NotBefore.state == absent {
		return nil
	}
	return c.checkPast("nbf", c.claims.NotBefore, problem.NotYetValid)
}

func checkIssuedAt(c *candidate) *problem.Variant {
	if c.claims.IssuedAt.state == absent && c.rules.mayMiss("iat") {
		return nil
	}
	return c.checkPast("iat", c.claims.IssuedAt, problem.IssuedLater)
}

// checkPast requires a date that is not in the future, which is a variant.
func (c *candidate) checkPast(name string, date dateClaim, future *problem.Variant) *problem.Variant {
	if wrong := c.checkDate(name, date); wrong != nil {
		return wrong
	}
	if c.now.Add(c.config.Leeway).Before(date.time) {
		return future
	}
	return nil
}

// checkDate requires a claim with a date.
func (c *candidate) checkDate(name string, date dateClaim) *problem.Variant {
	switch {
	case date.state == absent:
		return problem.ClaimAbsent
	case date.state == invalid && c.inSmallerUnit(name):
		return problem.Milliseconds
	}
	return checkOptional(date.state)
}

// inSmallerUnit reports whether a date is one of the years around this one when it is read as milli-, micro- or nanoseconds.
func (c *candidate) inSmallerUnit(name string) bool {
	number, err := strconv.ParseFloat(string(c.claims.member(name)), 64)
	const years = 50 * 365 * 24 * 60 * 60
	near := func(unit float64) bool { return math.Abs(number/unit-float64(c.now.Unix())) < years }
	return err == nil && slices.ContainsFunc([]float64{1e3, 1e6, 1e9}, near)
}

func (c *candidate) expiryAdvice() string {
	if c.claims.Expiry.state != valid {
		return ""
	}
	ago := c.now.Sub(c.claims.Expiry.time).Round(time.Second)
	return fmt.Sprintf("It expired %s ago, and CLOCK_SKEW is %s.", ago, c.config.Leeway) + clockAdvice(c.provider.known().offset, "ahead of")
}

func (c *candidate) futureAdvice(claim dateClaim) string {
	if claim.state != valid {
		return ""
	}
	ahead := claim.time.Sub(c.now).Round(time.Second)
	return fmt.Sprintf("It is dated %s from now, and CLOCK_SKEW is %s.", ahead, c.config.Leeway) + clockAdvice(-c.provider.known().offset, "behind")
}

// maxOffset is how far apart two clocks may be without advice: a Date header has whole seconds.
const maxOffset = 2 * time.Second

// clockAdvice says whether the clock may be the cause: one that is ahead makes tokens expire early, and to one that
// is behind they are dated in the future.
func clockAdvice(offset time.Duration, side string) string {
	if offset <= maxOffset {
		return ""
	}
	return fmt.Sprintf(" This clock is %s %s the provider's: synchronize it.", offset, side)
}
