module example.com/gatehouse/test/providers

go 1.26.0

require (
	golang.org/x/net v0.61.0
	golang.org/x/oauth2 v0.37.0
)
