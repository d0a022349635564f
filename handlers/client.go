package handlers

import (
	"net/netip"
	"slices"
	"strings"

	"example.com/gatehouse/telemetry"
	"github.com/gin-gonic/gin"
)

// proxies are the networks of the proxies in front of the API. A proxy names the client, and may name the request.
type proxies []netip.Prefix

func (p proxies) contain(address netip.Addr) bool {
	return slices.ContainsFunc(p, func(network netip.Prefix) bool { return network.Contains(address) })
}

// setClient is middleware that gives a request the address of its client, and the identifier that a trusted proxy
// sent. Nothing else in a request says where it comes from: proxies pass on X-Real-IP and Forwarded as callers send
// them.
func (p proxies) setClient(c *gin.Context) {
	client, err := parseAddress(c.Request.RemoteAddr)
	if err != nil {
		return
	}
	if header := c.Request.Header; p.contain(client) {
		client = p.client(client, header.Values("X-Forwarded-For"))
		telemetry.ReceiveRequestID(c, header.Values("X-Request-Id"))
	}
	c.Request.RemoteAddr = netip.AddrPortFrom(client, 0).String() // what gin's ClientIP returns
}

// client returns the address of the client of a trusted proxy. Every proxy appends the address of its own client, so
// the last address that is not a proxy's is the client, and callers can write what is before it. A member that is
// not an address ends the search, because its writer is not known to be a proxy.
func (p proxies) client(proxy netip.Addr, forwarded []string) netip.Addr {
	client := proxy
	for _, member := range slices.Backward(strings.Split(strings.Join(forwarded, ","), ",")) {
		if member = strings.TrimSpace(member); member == "" { // RFC 9110, section 5.6.1
			continue
		}
		address, err := parseAddress(member)
		if err != nil {
			break
		}
		client = address
		if !p.contain(client) {
			break
		}
	}
	return client
}

// parseAddress parses an address as proxies write it: perhaps with a port, brackets, quotes or a zone, which are
// left out.
func parseAddress(text string) (netip.Addr, error) {
	text = between(text, `"`, `"`)
	withPort, err := netip.ParseAddrPort(text)
	address := withPort.Addr()
	if err != nil {
		address, err = netip.ParseAddr(between(text, "[", "]"))
	}
	return address.Unmap().WithZone(""), err
}

// between returns what is between two marks, or the whole text if it does not have both.
func between(text, first, last string) string {
	if inner, ok := strings.CutPrefix(text, first); ok {
		if inner, ok := strings.CutSuffix(inner, last); ok {
			return inner
		}
	}
	return text
}
