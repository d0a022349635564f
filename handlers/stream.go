package handlers

import (
	"errors"
	"io"
	"net/http"
	"time"

	"example.com/gatehouse/auth"
	"example.com/gatehouse/auth/ginauth"
	"example.com/gatehouse/problem"
	"example.com/gatehouse/server"
	"github.com/gin-contrib/sse"
	"github.com/gin-gonic/gin"
)

// heartbeat is how often a stream without events sends a comment: proxies close connections on which nothing is sent
// for a minute or less, and a connection that is broken is noticed.
const heartbeat = 15 * time.Second

// Stream responds with server-sent events (HTML, section 9.2) until the channel is closed, however long that takes.
// It ends sooner when the caller closes the connection, when the API stops, and when a new request of the caller
// would be rejected: its token expired, for example. The context of the request is done when Stream returns, and
// whatever sends the events must end then.
func (a *API) Stream(c *gin.Context, caller *auth.Principal, events <-chan sse.Event) error {
	s := &stream{api: a, Context: c, caller: caller}
	err := s.run(events)
	if err == nil {
		return nil
	}
	_ = c.Error(err) // logged as a cut
	if _, ok := errors.AsType[*problem.Type](err); ok {
		return err
	}
	return nil
}

// A stream is a response that is being sent.
type stream struct {
	*gin.Context
	api    *API
	caller *auth.Principal // nil for an anonymous one
}

func (s *stream) run(events <-chan sse.Event) error {
	s.Header("Content-Type", sse.ContentType)
	s.Header("X-Accel-Buffering", "no") // nginx
	if s.Request.Method == http.MethodHead {
		return nil
	}
	err := s.send(comment)
	for err == nil {
		select {
		case event, more := <-events:
			if !more {
				return nil
			}
			err = s.send(event.Render)
		case <-time.After(s.pause()):
			err = s.send(comment)
		case <-server.Draining(s.Request.Context()):
			err = errors.New("the API stops")
		case <-s.Request.Context().Done():
			err = errors.New("the caller closed the connection")
		}
	}
	return err
}

// comment is an event that clients ignore.
func comment(w http.ResponseWriter) error {
	_, err := io.WriteString(w, ":\n\n")
	return err
}

// send sends an event, if the caller may still receive it. Every event has the time that other responses have.
func (s *stream) send(event func(http.ResponseWriter) error) error {
	if err := s.check(); err != nil {
		return err
	}
	control := http.NewResponseController(netWriter(s.Writer))
	_ = control.SetWriteDeadline(time.Now().Add(server.WriteTimeout)) // fails where there is no connection
	if err := event(s.Writer); err != nil {
		return err
	}
	return control.Flush()
}

// netWriter returns the writer of net/http behind that of gin, whose Flush has no error.
func netWriter(w http.ResponseWriter) http.ResponseWriter {
	if wrapper, ok := w.(interface{ Unwrap() http.ResponseWriter }); ok {
		return wrapper.Unwrap()
	}
	return w
}

// check returns why a new request of the caller would be rejected. An outage, and the failures of others in its
// network, say nothing about its credentials: they are good until they expire.
func (s *stream) check() error {
	if s.caller == nil {
		return nil
	}
	caller, err := s.api.parts.Verifier.Authenticate(s.Request)
	if err == nil {
		required := ginauth.Required(s.Context)
		return required.Check(caller, time.Now())
	}
	t := problem.Of(err)
	if (t.Status >= http.StatusInternalServerError || t == problem.TooManyFailures) && s.expiresIn() > 0 {
		return nil
	}
	return err
}

// pause returns when to check the caller next, if there is no event before.
func (s *stream) pause() time.Duration {
	if left := s.expiresIn(); left > 0 {
		return min(heartbeat, left)
	}
	return heartbeat
}

// expiresIn returns how long the credentials of the caller are accepted, as far as is known.
func (s *stream) expiresIn() time.Duration {
	if s.caller == nil {
		return heartbeat
	}
	return time.Until(s.caller.ExpiresAt) + s.api.config.ClockSkew
}
