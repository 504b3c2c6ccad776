// Which External Secrets is built for the tests in test/cluster. It is built as its own module, with its own go.sum:
// this one has only what it takes to check that source.
module phalanx.test/external-secrets

go 1.24.2

require github.com/external-secrets/external-secrets v0.16.2
