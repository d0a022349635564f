package ginauth

import "net/netip"

const (
	clientBits = 64 // of an IPv6 address: the smallest network that a client gets
	siteBits   = 48 // of an IPv6 address: what a site with many networks gets (RFC 6177)
)

// Network returns the part of an address that belongs to one client: an IPv4 address, or the first 64 bits of an IPv6
// address.
func Network(address string) string { return network(address, clientBits) }

// site returns the network of a site, which one attacker may have, or the empty string if the client's is all there is.
func site(address string) string {
	wide := network(address, siteBits)
	if wide == Network(address) {
		return ""
	}
	return wide
}

func network(address string, bits int) string {
	ip, err := netip.ParseAddr(address)
	if err != nil {
		return address
	}
	if ip = ip.Unmap(); ip.Is4() {
		return ip.String()
	}
	prefix, _ := ip.Prefix(bits) // every IPv6 address has one
	return prefix.String()
}
