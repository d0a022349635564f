package telemetry

import (
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/gin-gonic/gin"
)

func TestAPanicAfterHalfAnAnswerCutsTheConnection(t *testing.T) {
	var log strings.Builder
	logger := slog.New(slog.NewTextHandler(&log, nil))
	problems := &Problems{Refusals: &Refusals{Log: logger}}
	gin.SetMode(gin.ReleaseMode)
	engine := gin.New()
	engine.Use(identify, access(logger), rescue(problems))
	engine.GET("/", func(c *gin.Context) {
		c.Writer.WriteString(strings.Repeat("half ", 2000)) // more than is buffered
		panic("the disk is full")
	})
	server := httptest.NewServer(engine)
	defer server.Close()
	response, err := http.Get(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	if body, err := io.ReadAll(response.Body); err == nil {
		t.Errorf("%d bytes are taken for the whole answer", len(body))
	}
	server.Close()
	if n := strings.Count(log.String(), "the disk is full"); n != 1 {
		t.Errorf("it is logged %d times: %s", n, &log)
	}
	if !strings.Contains(log.String(), "msg=request ") || !strings.Contains(log.String(), "code=internal") {
		t.Errorf("there is no record of the request: %s", &log)
	}
}
