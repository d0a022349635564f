package auth

import "net/http"

// LimitResponses returns a transport that makes reading a response fail beyond a size in bytes.
func LimitResponses(next http.RoundTripper, size int64) http.RoundTripper { return limited{next, size} }

type limited struct {
	http.RoundTripper // exported, so that fmt uses its Format method, which may hide a token
	size              int64
}

// RoundTrip implements [http.RoundTripper].
func (l limited) RoundTrip(request *http.Request) (*http.Response, error) {
	response, err := l.RoundTripper.RoundTrip(request)
	if err == nil {
		response.Body = http.MaxBytesReader(nil, response.Body, l.size)
	}
	return response, err
}

// A quiet transport drops the body of every response but 200. Its text would reach the log, and may repeat the
// token that was sent.
type quiet struct{ next http.RoundTripper }

// RoundTrip implements [http.RoundTripper].
func (q quiet) RoundTrip(request *http.Request) (*http.Response, error) {
	response, err := q.next.RoundTrip(request)
	if err == nil && response.StatusCode != http.StatusOK {
		response.Body.Close()
		response.Body = http.NoBody
	}
	return response, err
}
