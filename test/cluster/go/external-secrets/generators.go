// Package register takes the place of its namesake in External Secrets: the tests generate nothing in a cluster.
package register
