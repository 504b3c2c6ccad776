// Package register takes the place of its namesake in External Secrets, which registers the providers of every cloud:
// of those, Vault is what the tests need, and all of them would take five minutes more to build.
package register

import _ "github.com/external-secrets/external-secrets/pkg/provider/vault"
