package telemetry

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"example.com/gatehouse/auth"
	"example.com/gatehouse/auth/ginauth"
	"example.com/gatehouse/problem"
	"github.com/gin-gonic/gin"
)

// Limits of RejectionLog.
const (
	maxRecords  = 300         // kept for the inspector
	maxRepeats  = 10          // logged of one kind from one address in a window
	maxTallies  = 10_000      // kinds and networks counted in a window
	tallyWindow = time.Minute // after which what was left out is summed up
)

// A Rejection is all that is known of a refusal. It has no part of the token's signature, and nothing
// that could be used to come in.
type Rejection struct {
	Instance string            `json:"instance"` // as in the problem
	Time     time.Time         `json:"time"`
	Code     string            `json:"code"`
	Hint     string            `json:"hint"` // as in the problem
	Status   int               `json:"status"`
	Method   string            `json:"method"`
	Route    string            `json:"route"`
	Required auth.Requirement  `json:"required"`
	Issuer   auth.Status       `json:"issuer,omitzero"`
	Token    *auth.Explanation `json:"token,omitempty"` // or of what was sent instead
	Err      string            `json:"err"`
}

// RejectionLog logs every refusal once and in full, and keeps the latest. A flood does not flood the log:
// what repeats is counted and summed up. It is safe for concurrent use.
type RejectionLog struct {
	Log      *slog.Logger
	Verifier *auth.Verifier // explains tokens; nil for nobody

	mu      sync.Mutex
	recent  []Rejection // a ring; next is where the oldest stands once it is full
	next    int
	tallies map[tally]int
}

// A tally is one kind of refusal from one network.
type tally struct{ code, client string }

// Middleware logs the problem that a request was answered with, when it is done.
func (r *RejectionLog) Middleware(c *gin.Context) {
	defer func() { // also when the connection is cut
		if err := failure(c); err != nil {
			r.add(c, problem.Of(err), err)
		}
	}()
	c.Next()
}

func (r *RejectionLog) add(c *gin.Context, reason *problem.Type, err error) {
	fault := reason.Status >= http.StatusInternalServerError
	if !fault && !r.count(tally{reason.Code, ginauth.Network(c.ClientIP())}) {
		return
	}
	record := r.record(c, reason, err)
	r.keep(record)
	level := slog.LevelInfo
	if fault {
		level = slog.LevelError
	}
	attrs := []slog.Attr{
		slog.String("code", record.Code), slog.Int("status", record.Status), slog.String("request_id", RequestID(c)), traceID(c),
		slog.String("method", record.Method), slog.String("route", record.Route), slog.Any("caller", ginauth.Caller(c)),
	}
	attrs = append(attrs, record.attrs()...)
	r.Log.LogAttrs(c, level, "request rejected", append(attrs, slog.String("err", record.Err))...)
}

func (r *RejectionLog) record(c *gin.Context, reason *problem.Type, err error) Rejection {
	record := Rejection{
		Instance: "urn:uuid:" + RequestID(c), Time: time.Now().UTC(), Code: reason.Code, Hint: reason.Hint, Status: reason.Status,
		Method: method(c.Request), Route: c.FullPath(), Required: ginauth.Required(c), Err: oneLine(err),
	}
	if r.Verifier == nil || reason.About != problem.Caller {
		return record
	}
	record.Issuer = r.Verifier.Provider().Status()
	token, missing := auth.BearerToken(c.Request)
	if missing != nil {
		record.Token = auth.ExplainCredentials(c.Request)
		return record
	}
	caller := ginauth.Caller(c)
	record.Token = r.Verifier.ExplainRejection(token, cause(caller, err))
	record.Token.Checks = append(record.Token.Checks, record.Required.Explain(caller, record.Time)...)
	return record
}

// cause returns the reason against the token: none where it named a caller, who was refused later on,
// and the one behind a throttle that put its own before it.
func cause(caller *auth.Principal, err error) error {
	if caller != nil {
		return nil
	}
	if refusal, ok := errors.AsType[*auth.Error](err); ok && refusal.Type == problem.TooManyFailures {
		return refusal.Err
	}
	return err
}

// attrs returns what the log says beyond what every refusal has: what the route asks for, and every
// check that failed.
func (r Rejection) attrs() []slog.Attr {
	attrs := []slog.Attr{{Key: "required", Value: slog.GroupValue(demands(r.Required)...)}}
	if r.Token == nil {
		return attrs
	}
	if r.Token.Fingerprint != "" {
		attrs = append(attrs, slog.String("token", r.Token.Fingerprint), slog.Bool("genuine", r.Token.Genuine))
	}
	attrs = append(attrs, slog.String("issuer_state", string(r.Issuer.State)))
	if !r.Issuer.Fetched.IsZero() {
		attrs = append(attrs, slog.Duration("keys_age", time.Since(r.Issuer.Fetched).Round(time.Second)))
	}
	return append(attrs, slog.Attr{Key: "failed", Value: slog.GroupValue(r.failed()...)})
}

// demands returns what a route asks for. A group without members is left out of the log.
func demands(q auth.Requirement) []slog.Attr {
	var asked []slog.Attr
	for _, a := range []slog.Attr{
		slog.String("scope", q.Scope()), slog.String("roles", strings.Join(q.Roles, " ")),
		slog.String("acr_values", strings.Join(q.ACR, " ")),
	} {
		if a.Value.String() != "" {
			asked = append(asked, a)
		}
	}
	if q.MaxAge > 0 {
		asked = append(asked, slog.Float64("max_age", q.MaxAge.Seconds()))
	}
	return asked
}

// failed returns a group for every check that failed.
func (r Rejection) failed() []slog.Attr {
	var failed []slog.Attr
	for _, check := range r.Token.Checks {
		if check.Result != auth.Failed {
			continue
		}
		facts := []slog.Attr{slog.String("expected", check.Expected), slog.String("actual", check.Actual)}
		if check.Advice != "" {
			facts = append(facts, slog.String("remedy", check.Advice))
		}
		failed = append(failed, slog.Attr{Key: check.Name, Value: slog.GroupValue(facts...)})
	}
	return failed
}

// keep stores a record in place of the oldest.
func (r *RejectionLog) keep(record Rejection) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.recent) < maxRecords {
		r.recent = append(r.recent, record)
		return
	}
	r.recent[r.next] = record
	r.next = (r.next + 1) % maxRecords
}

// Find returns the record of an instance while it is among the latest.
func (r *RejectionLog) Find(instance string) (Rejection, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	i := slices.IndexFunc(r.recent, func(record Rejection) bool { return record.Instance == instance })
	if i < 0 {
		return Rejection{}, false
	}
	return r.recent[i], true
}

// count reports whether a refusal is still to be logged, and counts it if not. The first of a window
// sets the time for summing up.
func (r *RejectionLog) count(t tally) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.tallies == nil {
		r.tallies = map[tally]int{}
		time.AfterFunc(tallyWindow, r.Flush)
	}
	if _, known := r.tallies[t]; !known && len(r.tallies) >= maxTallies {
		t = tally{code: t.code, client: "others"}
	}
	r.tallies[t]++
	return r.tallies[t] <= maxRepeats
}

// Flush logs what was left out, and begins anew: every window ends with it, and so should a program.
func (r *RejectionLog) Flush() {
	r.mu.Lock()
	tallies := r.tallies
	r.tallies = nil
	r.mu.Unlock()
	for t, n := range tallies {
		if n > maxRepeats {
			r.Log.LogAttrs(context.Background(), slog.LevelWarn, "requests rejected repeatedly",
				slog.String("code", t.code), slog.String("client", t.client), slog.Int("more", n-maxRepeats))
		}
	}
}

// oneLine joins the lines of an error that holds several.
func oneLine(err error) string { return strings.ReplaceAll(err.Error(), "\n", "; ") }
