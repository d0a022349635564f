package devidp

import (
	"bytes"
	"errors"
	"log/slog"
	"net/http/httptest"
	"strings"
	"testing"
)

func TestFaultsAreLoggedOnly(t *testing.T) {
	var log bytes.Buffer
	p := &Provider{log: slog.New(slog.NewTextHandler(&log, nil))}
	w := httptest.NewRecorder()
	p.writeError(w, errors.New("signing: inner detail"))
	if body := w.Body.String(); w.Code != 500 || !strings.Contains(body, "server_error") || strings.Contains(body, "inner") {
		t.Errorf("got %d %s", w.Code, body)
	}
	if !strings.Contains(log.String(), "inner detail") {
		t.Errorf("got log %q", log.String())
	}
}
